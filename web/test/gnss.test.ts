import { describe, expect, it } from 'vitest';
import type { GnssCell, GnssChange, GnssSources } from '../src/api/types';
import { affected, areas, around, boxOf, boxOfSources, cellAt, falsely, middle, moments, near, ofLayer, outlines, shares, sourceNames, suspects, tally } from '../src/data/gnss';

function cell(name: string, [lon, lat]: [number, number], more: Partial<GnssCell> = {}): GnssCell {
  const wrap = (x: number): number => (x > 180 ? x - 360 : x);
  const ring = [0, 60, 120, 180, 240, 300, 0].map((deg): [number, number] => [wrap(lon + 0.4 * Math.cos((deg * Math.PI) / 180)), lat + 0.2 * Math.sin((deg * Math.PI) / 180)]);
  return { cell: name, band: 'high', ring, state: 'quiet', share: [0, 0.002, 0.02], above: [0.05, 0.001], effective: 5, now: [3, 0], updated: '2025-09-09T21:40:00Z', text: '', ...more };
}
const much = { state: 'much' as const, share: [0.3, 0.5, 0.7] as [number, number, number], above: [0.99, 0.97] as [number, number], now: [1, 3] as [number, number] };

const square = (side: number): [number, number][][] => [[[20, 54], [20 + side, 54], [20 + side, 54 + side], [20, 54 + side], [20, 54]]];
const told: GnssSources = { interferences: [1], time: '', samples: 400, flights: 30, onsets: 12, offsets: 9, unclear: [], text: '', sources: [{ place: [20.5, 54.5], reach_km: [100, 120, 150], area_km2: [500, 2000], half: square(0.5), whole: square(1) }] };

describe('source areas', () => {
  it('are drawn as outlines with the word that it is by the model', () => {
    expect(outlines([told]).features.map((f) => [f.properties!.region, f.geometry.type])).toEqual([[90, 'MultiLineString'], [50, 'MultiLineString']]);
    expect(sourceNames([told]).features[0]!.properties!.name).toMatch(/by the model/);
    expect(boxOfSources(told)).toEqual([20, 54, 21, 55]);
  });

  it('are not drawn where it cannot be said', () => {
    const unclear = { ...told, sources: [], unclear: ['too few'] };
    expect(outlines([unclear]).features).toEqual([]);
    expect(sourceNames([unclear]).features).toEqual([]);
    expect(boxOfSources(unclear)).toBeNull();
  });
});

describe('false positions', () => {
  const change = (address: string, to: string, false_place: [number, number] | null): GnssChange => ({ address, time: '', between: ['', ''], from: 'good', to, place: [179.5, 54], false_place, text: '' });

  it('are those of aircraft whose last change says so', () => {
    const all = [change('a', 'spoof_suspect', [20, 50]), change('b', 'spoof_suspect', [20, 50]), change('a', 'recovering', null), change('c', 'lost', null)];
    expect(suspects(all).map((one) => one.address)).toEqual(['b']);
  });

  it('are drawn the short way, with the name of who says so', () => {
    const [line, point] = falsely([change('b', 'spoof_suspect', [-179.5, 55])]).features;
    expect((line!.geometry as GeoJSON.LineString).coordinates).toEqual([[179.5, 54], [180.5, 55]]);
    expect(point!.properties!.name).toBe('b says it is here');
  });
});

describe('cells of satellite navigation', () => {
  it('show one cell for each hexagon, of all layers the most affected one', () => {
    const cells = [cell('a', [20, 54]), cell('a', [20, 54], { band: 'low', state: 'none', effective: 9 }), cell('b', [21, 54], { band: 'low' }), cell('b', [21, 54], { ...much, band: 'middle' })];
    expect(ofLayer(cells, 'worst').map((c) => [c.cell, c.band])).toEqual([['a', 'high'], ['b', 'middle']]);
    expect(ofLayer(cells, 'low').map((c) => [c.cell, c.state])).toEqual([['a', 'none'], ['b', 'quiet']]);
  });

  it('list the affected ones only, the most affected first, and write their share', () => {
    const cells = [cell('q', [18, 54]), cell('n', [19, 54], { state: 'none' }), cell('s', [20, 54], { state: 'some', share: [0.02, 0.9, 0.95] }), cell('m', [21, 54], much), cell('w', [22, 54], { ...much, share: [0.5, 0.8, 0.9] })];
    expect(affected(cells).map((c) => c.cell)).toEqual(['w', 'm', 's']);
    expect(shares(cells).features.map((f) => f.properties!.share)).toEqual(['80\u00a0%', '50\u00a0%', '90\u00a0%']);
  });

  it('never fill what says nothing, nor a state that the page does not know', () => {
    const states = areas([cell('n', [20, 54], { state: 'none' }), cell('x', [21, 54], { state: 'new' as GnssCell['state'] }), cell('q', [22, 54])]).features.map((f) => f.properties!.state);
    expect(states).toEqual(['none', 'none', 'quiet']);
  });

  it('are found by the place under the pointer', () => {
    const cells = [cell('a', [20, 54]), cell('b', [21, 54])];
    expect(cellAt(cells, [20.1, 54.05])?.cell).toBe('a');
    expect(cellAt(cells, [20.5, 54])).toBeNull();
    expect(cellAt(cells, [20.36, 54.19])).toBeNull();
  });

  it('hold together across the antimeridian', () => {
    const [east, lat] = middle(cell('p', [180, 60]));
    expect(Math.abs(east)).toBeCloseTo(180, 6);
    expect(lat).toBeCloseTo(60, 6);
    expect(cellAt([cell('p', [180, 60])], [-179.9, 60])?.cell).toBe('p');
    expect(cellAt([cell('p', [180, 60])], [179.9, 60])?.cell).toBe('p');
    const ring = (areas([cell('p', [180, 60])]).features[0]!.geometry as GeoJSON.Polygon).coordinates[0]!;
    expect(Math.max(...ring.map((p) => p[0]!)) - Math.min(...ring.map((p) => p[0]!))).toBeLessThan(1);
  });

  it('of one interference hang together; others far away are left out', () => {
    const chain = [20, 22, 24, 26].map((lon, i) => cell(`c${i}`, [lon, 54], much));
    const far = cell('far', [33, 54], much);
    const quiet = cell('quiet', [20.5, 54.3]);
    expect(around([...chain, far, quiet], [20, 54]).map((c) => c.cell)).toEqual(['c0', 'c1', 'c2', 'c3']);
    expect(around([...chain, far], [-50, 10])).toEqual([]);
    expect(around([...chain, far], null)).toHaveLength(5);
    expect(boxOf([])).toBeNull();
    expect(boxOf(chain)![0]).toBeCloseTo(19.6, 6);
    expect(boxOf(chain)![2]).toBeCloseTo(26.4, 6);
  });

  it('count a hexagon once however many layers are affected, and its aircraft all', () => {
    expect(tally([cell('a', [20, 54], much), cell('a', [20, 54], { ...much, band: 'low', now: [0, 2] })])).toEqual({ cells: 1, aircraft: 5 });
  });

  it('say a place to a tenth of a degree', () => {
    expect(near([20.62, 54.58])).toBe('54.6°\u00a0N 20.6°\u00a0E');
    expect(near([-70.04, -33.36])).toBe('33.4°\u00a0S 70.0°\u00a0W');
  });
});

describe('the moments of a history', () => {
  it('are bounded, begin and end where asked, and are no nearer than told', () => {
    const all = moments(0, 86_400_000, 40, 10_000);
    expect([all.length, all[0], all.at(-1)]).toEqual([40, 0, 86_400_000]);
    expect(moments(0, 35_000, 40, 10_000)).toEqual([0, 11_667, 23_333, 35_000]);
    expect(moments(5, 5, 40, 10_000)).toEqual([5]);
  });
});
