/**
 * The binary picture frame, version 1 (docs/http-api.md, "Picture frame"). Decoding copies nothing: the columns are views of
 * the message's own bytes, which is why the frame must begin at a multiple of 4 (a WebSocket message does).
 */

export const FRAME_VERSION = 1;
const HEADER_BYTES = 24;
const TRACK_BYTES = 27;
/** Far above what a server holds; a count beyond it is damage, not a picture. */
const TRACKS_MAX = 4_000_000;

export const HEIGHT_UNKNOWN = -32768;

export const enum FrameKind {
  Snapshot = 1,
  Delta = 2,
}

export interface Frame {
  kind: FrameKind;
  /** The picture is one of the past, asked for by `as_of`. */
  past: boolean;
  /** The server left tracks out because the view shows too many. */
  thinned: boolean;
  /** A recording or a demonstration, not the present. */
  notLive: boolean;
  sequence: number;
  /** Picture time, milliseconds since 1970 UTC. */
  timeMs: number;
  count: number;
  removed: Uint32Array;
  number: Uint32Array;
  /** 1e-7 degree. */
  lat: Int32Array;
  lon: Int32Array;
  /** 0.1 m/s. */
  velocityEast: Int16Array;
  velocityNorth: Int16Array;
  /** 2 m above the ellipsoid, or HEIGHT_UNKNOWN. */
  height: Int16Array;
  /** 1 sigma, m. */
  major: Uint16Array;
  minor: Uint16Array;
  /** Clockwise from north, π/256. */
  azimuth: Uint8Array;
  classAndIdentity: Uint8Array;
  state: Uint8Array;
  /** 0.5 m/s. */
  vertical: Int8Array;
  ageS: Uint8Array;
}

export class FrameFault extends Error {}

export function decodeFrame(buffer: ArrayBuffer): Frame {
  const bytes = buffer.byteLength;
  if (bytes < HEADER_BYTES) throw new FrameFault(`picture frame: ${bytes} bytes, a header has ${HEADER_BYTES}`);
  const view = new DataView(buffer);
  const version = view.getUint8(0);
  if (version !== FRAME_VERSION) throw new FrameFault(`picture frame: version ${version}, this map reads ${FRAME_VERSION}; load the page again`);
  const kind = view.getUint8(1);
  if (kind !== FrameKind.Snapshot && kind !== FrameKind.Delta) throw new FrameFault(`picture frame: kind ${kind}, wanted 1 or 2`);
  const flags = view.getUint16(2, true);
  const count = view.getUint32(16, true);
  const gone = view.getUint32(20, true);
  if (count > TRACKS_MAX || gone > TRACKS_MAX) throw new FrameFault(`picture frame: ${count} tracks, ${gone} removed`);
  const wanted = HEADER_BYTES + 4 * gone + TRACK_BYTES * count;
  if (bytes !== wanted) throw new FrameFault(`picture frame: ${bytes} bytes, its counts say ${wanted}`);

  let at = HEADER_BYTES;
  const take = <T>(make: new (b: ArrayBuffer, o: number, n: number) => T, size: number, n: number): T => {
    const column = new make(buffer, at, n);
    at += size * n;
    return column;
  };
  const removed = take(Uint32Array, 4, gone);
  return {
    kind,
    past: (flags & 1) !== 0,
    thinned: (flags & 2) !== 0,
    notLive: (flags & 4) !== 0,
    sequence: view.getUint32(4, true),
    timeMs: Number(view.getBigInt64(8, true)),
    count,
    removed,
    number: take(Uint32Array, 4, count),
    lat: take(Int32Array, 4, count),
    lon: take(Int32Array, 4, count),
    velocityEast: take(Int16Array, 2, count),
    velocityNorth: take(Int16Array, 2, count),
    height: take(Int16Array, 2, count),
    major: take(Uint16Array, 2, count),
    minor: take(Uint16Array, 2, count),
    azimuth: take(Uint8Array, 1, count),
    classAndIdentity: take(Uint8Array, 1, count),
    state: take(Uint8Array, 1, count),
    vertical: take(Int8Array, 1, count),
    ageS: take(Uint8Array, 1, count),
  };
}
