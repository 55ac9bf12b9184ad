import { describe, expect, it } from 'vitest';
import * as format from '../src/data/format';
import { clockDate, clockTime, course, position } from '../src/data/format';

/** No-break spaces read like others. */
const plain =
  <A extends unknown[]>(f: (...a: A) => string) =>
  (...a: A): string =>
    f(...a).replaceAll('\u00a0', ' ');
const [ago, distance, duration, height, percent, speed, vertical] = [plain(format.ago), plain(format.distance), plain(format.duration), plain(format.height), plain(format.percent), plain(format.speed), plain(format.vertical)];

describe('times', () => {
  it('always carry their zone', () => {
    expect(clockTime('2025-09-09T21:30:00.000Z', 'Europe/Warsaw')).toBe('23:30 CEST (21:30Z)');
    expect(clockTime('2025-01-09T21:30:05.000Z', 'Europe/Warsaw', true)).toBe('22:30:05 CET (21:30:05Z)');
    expect(clockTime('2025-09-09T21:30:00.000Z', 'UTC')).toBe('21:30Z');
    expect(clockTime('2025-09-09T21:30:00.000Z', 'No/Such_Zone')).toBe('21:30Z');
    expect(clockTime(null, 'UTC')).toBe('—');
    expect(clockTime('nonsense', 'UTC')).toBe('—');
  });
  it('midnight is 00, and the date is the local one', () => {
    expect(clockTime('2025-09-09T22:00:00.000Z', 'Europe/Warsaw')).toBe('00:00 CEST (22:00Z)');
    expect(clockDate('2025-09-09T22:00:00.000Z', 'Europe/Warsaw')).toMatch(/^10 Sep/);
  });
  it('where no day stands beside it, it carries its own', () => {
    expect(format.moment('2025-09-09T22:30:00.000Z', 'Europe/Warsaw')).toMatch(/^10 Sept? 2025, 00:30 CEST \(22:30Z\)$/);
    expect(format.moment(null, 'UTC')).toBe('—');
    expect(format.timeSpan('2025-09-09T20:00:00Z', '2025-09-09T20:30:00Z', 'UTC')).toMatch(/^9 Sept? 2025, 20:00Z to 20:30Z$/);
    expect(format.timeSpan('2025-09-09T23:50:00Z', '2025-09-10T00:30:00Z', 'UTC')).toMatch(/^9 Sept? 2025, 23:50Z to 10 Sept? 2025, 00:30Z$/);
    expect(format.timeSpan('2025-09-09T20:00:00Z', '2025-09-09T20:00:00Z', 'UTC')).not.toContain(' to ');
  });
  it('nothing computed is certain, and an interval is not told twice', () => {
    expect(format.chance(1).replaceAll('\u00a0', ' ')).toBe('> 99.9 %');
    expect(format.chance(0).replaceAll('\u00a0', ' ')).toBe('< 0.1 %');
    expect(format.chance(0.62).replaceAll('\u00a0', ' ')).toBe('62 %');
    expect(format.interval('12 min', '12 min')).toBe('12 min');
    expect(format.duration(725, true).replaceAll('\u00a0', ' ')).toBe('12 min 05 s');
  });
  it('ages', () => {
    expect(duration(4)).toBe('4 s');
    expect(duration(600)).toBe('10 min');
    expect(duration(7500)).toBe('2 h 05 min');
    expect(ago(null, 0)).toBe('never');
    expect(ago('1970-01-01T00:00:10.000Z', 22_000)).toBe('12 s ago');
  });
});

describe('numbers', () => {
  it('never turn nearly certain into certain', () => {
    expect(percent(1)).toBe('100 %');
    expect(percent(0.9999)).toBe('> 99.9 %');
    expect(percent(0.9961)).toBe('99.6 %');
    expect(percent(0.001)).toBe('< 0.5 %');
    expect(percent(0)).toBe('0 %');
    expect(percent(0.5)).toBe('50 %');
  });
  it('read as people read them', () => {
    expect(distance(440)).toBe('440 m');
    expect(distance(12_340)).toBe('12.3 km');
    expect(distance(150_400)).toBe('150 km');
    expect(height(null, 'metric')).toBe('height unknown');
    expect(height(10_668, 'aviation')).toBe('35 000 ft');
    expect(speed(100, 'metric')).toBe('360 km/h');
    expect(speed(51.4444, 'aviation')).toBe('100 kt');
    expect(vertical(0.2, 'metric')).toBe('level');
    expect(vertical(-3, 'metric')).toBe('descending 3.0 m/s');
    expect(course(359.7)).toBe('000°');
    expect(course(7)).toBe('007°');
    expect(position(-33.5, -70.25)).toBe('33.5000° S  70.2500° W');
  });
});
