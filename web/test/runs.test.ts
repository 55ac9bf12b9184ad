import { describe, expect, it } from 'vitest';
import { band, runs } from '../src/data/runs';

describe('the grid of coverage', () => {
  it('has bands that begin where they say', () => {
    expect([0, 9, 10, 49, 50, 89, 90, 100].map(band)).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
  });

  it('becomes one rectangle a run and row, north first, and nothing where nothing could have been seen', () => {
    const { features } = runs({ percent: [95, 99, 0, 60, 5, 5, 5, 20], columns: 4, rows: 2, bbox: [20, 50, 24, 52] });
    expect(features.map((f) => [f.properties!.band, (f.geometry as GeoJSON.Polygon).coordinates[0]![0], (f.geometry as GeoJSON.Polygon).coordinates[0]![2]])).toEqual([
      [3, [20, 51], [22, 52]],
      [2, [23, 51], [24, 52]],
      [1, [23, 50], [24, 51]],
    ]);
  });
});
