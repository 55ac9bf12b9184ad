import { describe, expect, it } from 'vitest';
// @ts-expect-error plain script without types
import { encodeFrame } from '../mock/frame.mjs';
import { decodeFrame, type Frame } from '../src/api/frame';
import { PictureClock, STALE_MS } from '../src/data/clock';
import { Rank, TrackStore, latOf, lonOf, mercatorX, mercatorY } from '../src/data/store';

const track = (number: number, more: object = {}): object => ({
  number, lat_deg: 52, lon_deg: 21, velocity_east_m_s: 100, velocity_north_m_s: 0, height_m: 1000, ellipse_major_m: 50, ellipse_minor_m: 20, ellipse_azimuth_deg: 0, class: 0, identity: 2,
  on_ground: false, has_identifier: true, status: 1, entry: 0, emergency: false, not_live: false, not_permitted: false, vertical_m_s: 0, age_s: 0, ...more,
});
const frame = (kind: 'snapshot' | 'delta', timeMs: number, tracks: object[], removed: number[] = []): Frame => {
  const bytes = encodeFrame({ kind, sequence: 1, timeMs, removed, tracks }) as Uint8Array;
  return decodeFrame(new Uint8Array(bytes).buffer);
};

describe('Mercator', () => {
  it('is undone by its inverse', () => {
    for (const [lon, lat] of [[0, 0], [21.0123, 52.2297], [-179.9, -80], [179.9, 84]] as const) {
      expect(lonOf(mercatorX(lon))).toBeCloseTo(lon, 9);
      expect(latOf(mercatorY(lat))).toBeCloseTo(lat, 9);
    }
  });
});

describe('track store', () => {
  it('a snapshot replaces, a delta changes and removes', () => {
    const s = new TrackStore();
    s.apply(frame('snapshot', 1000, [track(1), track(2), track(3)]), 1000, 0, false);
    expect(s.live).toBe(3);
    s.apply(frame('delta', 2000, [track(4), track(1, { lat_deg: 53 })], [2]), 2000, 1000, true);
    expect([...s.slotOf.keys()].sort()).toEqual([1, 3, 4]);
    s.apply(frame('snapshot', 3000, [track(9)]), 3000, 2000, false);
    expect([...s.slotOf.keys()]).toEqual([9]);
    expect(s.live).toBe(1);
  });

  it('gives a slot to another track only under another owner', () => {
    const s = new TrackStore();
    s.apply(frame('snapshot', 1000, [track(1)]), 1000, 0, false);
    const slot = s.slotOf.get(1)!;
    const owner = s.owner[slot];
    s.apply(frame('delta', 2000, [track(7)], [1]), 2000, 1000, true);
    expect(s.slotOf.get(7)).toBe(slot);
    expect(s.owner[slot]).not.toBe(owner);
  });

  it('moves a track on by its velocity: 100 m/s east for 10 s is 1 km', () => {
    const s = new TrackStore();
    s.apply(frame('snapshot', 0, [track(1)]), 0, 0, false);
    const slot = s.slotOf.get(1)!;
    const east_m = (lonOf(s.drawnX(slot, 10_000)) - 21) * 111_319.49 * Math.cos((52 * Math.PI) / 180);
    expect(east_m).toBeGreaterThan(999);
    expect(east_m).toBeLessThan(1001);
  });

  it('glides a small correction and jumps a large one', () => {
    const s = new TrackStore();
    s.apply(frame('snapshot', 0, [track(1), track(2)]), 0, 0, true);
    s.apply(frame('delta', 1000, [track(1, { lon_deg: 21.003 }), track(2, { lon_deg: 25 })]), 1000, 1000, true);
    const [a, b] = [s.slotOf.get(1)!, s.slotOf.get(2)!];
    // Drawn place just after = where it was drawn just before.
    const before = mercatorX(21) + s.vx[a]!;
    expect(s.x[a]! + s.ex[a]!).toBeCloseTo(before, 10);
    expect(s.ex[b]).toBe(0);
  });

  it('ranks what the frame says and judges nothing', () => {
    const s = new TrackStore();
    s.apply(frame('snapshot', 0, [track(1), track(2, { identity: 1, has_identifier: false }), track(3, { entry: 1, not_permitted: true }), track(4, { emergency: true }), track(5, { identity: 0, has_identifier: false, class: 5 }), track(6, { entry: 4 }), track(7, { entry: 4 })]), 0, 0, false);
    s.inIncident = new Set([7]);
    const rank = (n: number): Rank => s.rankOf(s.slotOf.get(n)!);
    expect([1, 2, 3, 4, 5].map(rank)).toEqual([Rank.Quiet, Rank.Unidentified, Rank.Entering, Rank.Entering, Rank.Quiet]);
    // Inside with permission: no news. Inside with an incident open: news, whatever the permission.
    expect([6, 7].map(rank)).toEqual([Rank.Quiet, Rank.Entering]);
  });

  it('holds 20,000 tracks and takes them all in anew', () => {
    const s = new TrackStore();
    const many = Array.from({ length: 20_000 }, (_, i) => track(i + 1, { lon_deg: i / 1000 }));
    s.apply(frame('snapshot', 0, many), 0, 0, false);
    s.apply(frame('delta', 1000, many), 1000, 1000, true);
    expect(s.live).toBe(20_000);
    expect(s.top).toBe(20_000);
  });
});

describe('picture clock', () => {
  it('runs at the pace of the picture and stops when frames stop', () => {
    const c = new PictureClock();
    c.set(1_000_000, 500);
    c.setPace(10, 500);
    expect(c.now(1500)).toBe(1_010_000);
    expect(c.stale(500 + STALE_MS)).toBe(false);
    expect(c.stale(501 + STALE_MS)).toBe(true);
    expect(c.now(99_999)).toBe(1_000_000 + STALE_MS * 10);
    c.set(2_000_000, 99_999);
    c.setPace(0, 99_999);
    expect(c.now(101_000)).toBe(2_000_000);
  });
});
