import { expect, test } from 'vitest';
import type { Feed, Sensor } from '../src/api/types';
import { byFeed, sum } from '../src/data/sensors';

const feed = (name: string): Feed => ({ name, format: 'asterix', transport: 'udp', fault: null, counts: { decoded: 300, rejected: [], observations: 200, last_received: null }, shed: [] });
const sensor = (id: string, of: string, observations: number): Sensor => ({ id, name: id, kind: 'radar', feed: of, state: 'live', stated: null, last_seen: null, rate_per_s: 1, observations, clock_error_s: null, over_budget: 0, demoted: null, site: null });

test('each sensor stands under its feed with its own numbers', () => {
  const groups = byFeed([feed('radars'), feed('receiver')], [sensor('north', 'radars', 150), sensor('south', 'radars', 50), sensor('gone', 'former', 1)]);
  expect(groups.map((g) => [g.name, g.feed?.counts?.decoded, g.sensors.map((s) => s.observations)])).toEqual([
    ['radars', 300, [150, 50]],
    ['receiver', 300, []],
    ['former', undefined, [1]],
  ]);
});

test('counts by reason add up', () => {
  expect(sum([])).toBe(0);
  expect(sum([{ count: 3 }, { count: 4 }])).toBe(7);
});
