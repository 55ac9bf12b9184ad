/** A grid of percentages as few rectangles: cells of one band that stand side by side are one. */
import type { Coverage } from '../api/types';

/** Bands by their lowest percentage; below the first nothing is drawn. */
export const BANDS: [number, string][] = [[10, '10 to 49 %'], [50, '50 to 89 %'], [90, '90 % and more']];

export const band = (percent: number): number => BANDS.filter(([least]) => percent >= least).length;

export function runs(grid: Pick<Coverage, 'percent' | 'columns' | 'rows' | 'bbox'>): GeoJSON.FeatureCollection {
  const [west, south, east, north] = grid.bbox;
  const wide = (east - west) / grid.columns, high = (north - south) / grid.rows;
  const features: GeoJSON.Feature[] = [];
  for (let row = 0; row < grid.rows; row++) {
    const top = north - row * high, bottom = top - high;
    for (let from = 0; from < grid.columns; ) {
      const own = band(grid.percent[row * grid.columns + from] ?? 0);
      let to = from + 1;
      while (to < grid.columns && band(grid.percent[row * grid.columns + to] ?? 0) === own) to++;
      if (own > 0) {
        const left = west + from * wide, right = west + to * wide;
        features.push({ type: 'Feature', properties: { band: own }, geometry: { type: 'Polygon', coordinates: [[[left, bottom], [right, bottom], [right, top], [left, top], [left, bottom]]] } });
      }
      from = to;
    }
  }
  return { type: 'FeatureCollection', features };
}
