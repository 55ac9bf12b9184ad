/**
 * All tracks of the picture as columns, indexed by slot. A slot belongs to one track number until the server removes it.
 * Positions are kept as web Mercator fractions of the world (0..1, x east, y south), velocities as fractions a second, so
 * that the map's shader only multiplies and adds.
 */
import { FrameKind, HEIGHT_UNKNOWN, type Frame } from '../api/frame';
import type { TrackStatic } from '../api/types';

const EARTH_CIRCUMFERENCE_M = 2 * Math.PI * 6_378_137;
const DEG = Math.PI / 180;
/** A correction larger than this many seconds of own motion is a jump and is shown as one. */
const BLEND_MAX_S = 20;
/** How fast a correction fades, per second of wall time; the shader uses the same number. */
export const BLEND_RATE = 4;

/** Descriptions kept; a night over a continent has fewer. */
const STATICS_MAX = 200_000;

export const enum Status {
  Tentative = 0,
  Confirmed = 1,
  Coasting = 2,
}
export const enum Rank {
  /** Identified traffic: dim at low zoom. */
  Quiet = 0,
  /** Nothing tells what it is: full symbol and label. */
  Unidentified = 1,
  /** The server reports an entry or an emergency. */
  Entering = 2,
  Selected = 3,
}

export const mercatorX = (lon_deg: number): number => (lon_deg + 180) / 360;
export const mercatorY = (lat_deg: number): number => (1 - Math.log(Math.tan((Math.min(85.05, Math.max(-85.05, lat_deg)) * DEG) / 2 + Math.PI / 4)) / Math.PI) / 2;
export const lonOf = (x: number): number => x * 360 - 180;
export const latOf = (y: number): number => (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) / DEG);

export class TrackStore {
  capacity = 0;
  /** Slots in use are 0..top, with holes. */
  top = 0;
  live = 0;
  number = new Uint32Array(0);
  alive = new Uint8Array(0);
  x = new Float64Array(0);
  y = new Float64Array(0);
  vx = new Float64Array(0);
  vy = new Float64Array(0);
  /** Picture time of the position, ms. */
  time = new Float64Array(0);
  /** What is left of the last correction, and when (wall, ms) it began to fade. */
  ex = new Float64Array(0);
  ey = new Float64Array(0);
  east = new Float32Array(0);
  north = new Float32Array(0);
  height = new Int16Array(0);
  major = new Uint16Array(0);
  minor = new Uint16Array(0);
  azimuth = new Uint8Array(0);
  kind = new Uint8Array(0);
  state = new Uint8Array(0);
  vertical = new Int8Array(0);
  age = new Uint8Array(0);
  /** Counts the owners of a slot, so that trails never join two tracks. */
  owner = new Uint32Array(0);
  readonly slotOf = new Map<number, number>();
  readonly statics = new Map<number, TrackStatic>();
  /** Numbers of the tracks in an incident that is not closed. */
  inIncident: ReadonlySet<number> = new Set();
  /** Tracks whose reported position other sensors contradict, of incidents shown. */
  contradicted = new Set<number>();
  /** Picture time of the newest frame, and wall time of the last correction. */
  frameTimeMs = 0;
  blendStartMs = 0;
  private free: number[] = [];

  private grow(wanted: number): void {
    let size = Math.max(1024, this.capacity);
    while (size < wanted) size *= 2;
    if (size === this.capacity) return;
    const wide = <T extends { set(a: T): void }>(make: new (n: number) => T, old: T): T => {
      const column = new make(size);
      column.set(old);
      return column;
    };
    this.number = wide(Uint32Array, this.number);
    this.alive = wide(Uint8Array, this.alive);
    this.x = wide(Float64Array, this.x);
    this.y = wide(Float64Array, this.y);
    this.vx = wide(Float64Array, this.vx);
    this.vy = wide(Float64Array, this.vy);
    this.time = wide(Float64Array, this.time);
    this.ex = wide(Float64Array, this.ex);
    this.ey = wide(Float64Array, this.ey);
    this.east = wide(Float32Array, this.east);
    this.north = wide(Float32Array, this.north);
    this.height = wide(Int16Array, this.height);
    this.major = wide(Uint16Array, this.major);
    this.minor = wide(Uint16Array, this.minor);
    this.azimuth = wide(Uint8Array, this.azimuth);
    this.kind = wide(Uint8Array, this.kind);
    this.state = wide(Uint8Array, this.state);
    this.vertical = wide(Int8Array, this.vertical);
    this.age = wide(Uint8Array, this.age);
    this.owner = wide(Uint32Array, this.owner);
    this.capacity = size;
  }

  private release(slot: number): void {
    this.alive[slot] = 0;
    this.slotOf.delete(this.number[slot]!);
    this.owner[slot]!++;
    this.free.push(slot);
    this.live--;
  }

  /** Takes in what seldom changes. What is far more than is held is forgotten, but not what a moved view may show again. */
  describe(list: TrackStatic[]): void {
    for (const t of list) this.statics.set(t.number, t);
    if (this.statics.size > STATICS_MAX) for (const number of this.statics.keys()) if (!this.slotOf.has(number)) this.statics.delete(number);
  }

  clear(): void {
    for (let slot = 0; slot < this.top; slot++) if (this.alive[slot]) this.release(slot);
  }

  /**
   * Takes in a frame. `pictureNowMs` is the picture time on the screen at this moment; `smooth` lets a track glide from where
   * it was drawn to where the frame has it.
   */
  apply(frame: Frame, pictureNowMs: number, wallMs: number, smooth: boolean): void {
    const fade = Math.exp((-BLEND_RATE * (wallMs - this.blendStartMs)) / 1000);
    for (let i = 0; i < frame.removed.length; i++) {
      const slot = this.slotOf.get(frame.removed[i]!);
      if (slot !== undefined) this.release(slot);
    }
    this.grow(this.live + frame.count);
    let kept: Uint8Array | null = null;
    if (frame.kind === FrameKind.Snapshot) kept = new Uint8Array(this.capacity);
    const blend = smooth && fade < 1;
    for (let i = 0; i < frame.count; i++) {
      const number = frame.number[i]!;
      const lat = frame.lat[i]! * 1e-7;
      const x = mercatorX(frame.lon[i]! * 1e-7);
      const y = mercatorY(lat);
      const east = frame.velocityEast[i]! * 0.1;
      const north = frame.velocityNorth[i]! * 0.1;
      const scale = 1 / (EARTH_CIRCUMFERENCE_M * Math.max(0.05, Math.cos(lat * DEG)));
      let slot = this.slotOf.get(number);
      if (slot === undefined) {
        slot = this.free.pop() ?? this.top++;
        this.slotOf.set(number, slot);
        this.number[slot] = number;
        this.alive[slot] = 1;
        this.live++;
        this.ex[slot] = this.ey[slot] = 0;
      } else if (blend) {
        const dt = (pictureNowMs - this.time[slot]!) / 1000;
        const dx = this.x[slot]! + this.vx[slot]! * dt + this.ex[slot]! * fade - x;
        const dy = this.y[slot]! + this.vy[slot]! * dt + this.ey[slot]! * fade - y;
        const far = (Math.hypot(east, north) + 20) * scale * BLEND_MAX_S;
        const near = Math.abs(dx) < far && Math.abs(dy) < far;
        this.ex[slot] = near ? dx : 0;
        this.ey[slot] = near ? dy : 0;
      } else this.ex[slot] = this.ey[slot] = 0;
      if (kept) kept[slot] = 1;
      this.x[slot] = x;
      this.y[slot] = y;
      this.vx[slot] = east * scale;
      this.vy[slot] = -north * scale;
      this.east[slot] = east;
      this.north[slot] = north;
      this.time[slot] = frame.timeMs;
      this.height[slot] = frame.height[i]!;
      this.major[slot] = frame.major[i]!;
      this.minor[slot] = frame.minor[i]!;
      this.azimuth[slot] = frame.azimuth[i]!;
      this.kind[slot] = frame.classAndIdentity[i]!;
      this.state[slot] = frame.state[i]!;
      this.vertical[slot] = frame.vertical[i]!;
      this.age[slot] = frame.ageS[i]!;
    }
    if (kept) for (let slot = 0; slot < this.top; slot++) if (this.alive[slot] && !kept[slot]) this.release(slot);
    // Tracks that the frame does not name keep what is left of their own correction.
    if (blend && frame.kind === FrameKind.Delta && frame.count < this.live) {
      for (let slot = 0; slot < this.top; slot++) {
        if (this.time[slot] !== frame.timeMs) {
          this.ex[slot]! *= fade;
          this.ey[slot]! *= fade;
        }
      }
    }
    this.blendStartMs = wallMs;
    this.frameTimeMs = frame.timeMs;
  }

  /** Where a track is drawn at a picture time, as Mercator fractions. */
  drawnX(slot: number, pictureMs: number): number {
    return this.x[slot]! + (this.vx[slot]! * (pictureMs - this.time[slot]!)) / 1000;
  }
  drawnY(slot: number, pictureMs: number): number {
    return this.y[slot]! + (this.vy[slot]! * (pictureMs - this.time[slot]!)) / 1000;
  }

  classOf = (slot: number): number => this.kind[slot]! & 7;
  identityOf = (slot: number): number => (this.kind[slot]! >> 3) & 7;
  onGround = (slot: number): boolean => (this.kind[slot]! & 64) !== 0;
  hasIdentifier = (slot: number): boolean => (this.kind[slot]! & 128) !== 0;
  statusOf = (slot: number): Status => this.state[slot]! & 3;
  entryOf = (slot: number): number => (this.state[slot]! >> 2) & 7;
  emergency = (slot: number): boolean => (this.state[slot]! & 32) !== 0;
  notPermitted = (slot: number): boolean => (this.state[slot]! & 128) !== 0;
  heightM = (slot: number): number | null => (this.height[slot] === HEIGHT_UNKNOWN ? null : this.height[slot]! * 2);
  speed = (slot: number): number => Math.hypot(this.east[slot]!, this.north[slot]!);
  courseDeg = (slot: number): number => (Math.atan2(this.east[slot]!, this.north[slot]!) / DEG + 360) % 360;

  /** An entry that is not permitted, or that an incident is open for: a permitted crossing is no news. */
  loudEntry(slot: number): boolean {
    return this.entryOf(slot) > 0 && (this.notPermitted(slot) || this.inIncident.has(this.number[slot]!));
  }

  /** How loudly a track is drawn. It repeats what the server said in the frame and judges nothing. */
  rankOf(slot: number): Rank {
    if (this.loudEntry(slot) || this.emergency(slot)) return Rank.Entering;
    const kind = this.kind[slot]!;
    const identity = (kind >> 3) & 7;
    if (identity >= 5) return Rank.Unidentified;
    const bird = (kind & 7) === 5;
    return identity <= 1 && (kind & 128) === 0 && !bird ? Rank.Unidentified : Rank.Quiet;
  }

  /** Seconds since the last update, at a picture time: a delta leaves out what only grew older. */
  ageAt(slot: number, pictureMs: number): number {
    return this.age[slot]! + Math.max(0, (pictureMs - this.time[slot]!) / 1000);
  }

  labelOf(slot: number): string {
    const number = this.number[slot]!;
    return this.statics.get(number)?.label ?? `T${number}`;
  }
}
