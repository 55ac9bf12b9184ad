import { describe, expect, it } from 'vitest';
import { countryPoints, layers, watchedBox } from '../src/map/style';
import { THEMES } from '../src/map/theme';

const square = (w: number, s: number, e: number, n: number): GeoJSON.Position[][] => [[[w, s], [e, s], [e, n], [w, n], [w, s]]];
const airspaces: GeoJSON.FeatureCollection = {
  type: 'FeatureCollection',
  features: [
    { type: 'Feature', properties: { name: 'A', kind: 'state', watched: true }, geometry: { type: 'MultiPolygon', coordinates: [square(0, 0, 1, 1), square(10, 40, 20, 50)] } },
    { type: 'Feature', properties: { name: 'B', kind: 'ctr', watched: false }, geometry: { type: 'Polygon', coordinates: square(5, 5, 6, 6) } },
  ],
};

describe('base map', () => {
  it('names a state once, inside its largest part', () => {
    const points = countryPoints(airspaces);
    expect(points.features).toHaveLength(1);
    const [x, y] = (points.features[0]!.geometry as GeoJSON.Point).coordinates as [number, number];
    expect(x).toBeGreaterThan(10);
    expect(x).toBeLessThan(20);
    expect(y).toBeGreaterThan(40);
    expect(y).toBeLessThan(50);
  });
  it('frames the watched airspaces only', () => {
    expect(watchedBox(airspaces)).toEqual([0, 0, 20, 50]);
    expect(watchedBox({ type: 'FeatureCollection', features: [] })).toBeNull();
  });
  it('has the same layers in every theme, and no source beyond this origin', () => {
    const ids = Object.keys(THEMES).map((t) => layers(t as keyof typeof THEMES).map((l) => l.id).join());
    expect(new Set(ids).size).toBe(1);
    expect(JSON.stringify(layers('dark'))).not.toMatch(/https?:/);
  });
});
