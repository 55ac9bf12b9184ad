// Writes picture frames, version 1 (docs/http-api.md). Used by the mock server and to make the golden vector.

/** @param tracks objects in the page's units: numbers are written as given, scaled only as the page says */
export function encodeFrame({ kind, past = false, thinned = false, notLive = false, sequence, timeMs, removed = [], tracks }) {
  const n = tracks.length;
  const m = removed.length;
  const buffer = Buffer.alloc(24 + 4 * m + 27 * n);
  buffer.writeUInt8(1, 0);
  buffer.writeUInt8(kind === 'snapshot' ? 1 : 2, 1);
  buffer.writeUInt16LE((past ? 1 : 0) | (thinned ? 2 : 0) | (notLive ? 4 : 0), 2);
  buffer.writeUInt32LE(sequence >>> 0, 4);
  buffer.writeBigInt64LE(BigInt(Math.round(timeMs)), 8);
  buffer.writeUInt32LE(n, 16);
  buffer.writeUInt32LE(m, 20);
  let at = 24;
  for (const r of removed) at = buffer.writeUInt32LE(r, at);
  const saturate = (v, lo, hi) => Math.max(lo, Math.min(hi, Math.round(v)));
  for (const t of tracks) at = buffer.writeUInt32LE(t.number, at);
  for (const t of tracks) at = buffer.writeInt32LE(Math.round(t.lat_deg * 1e7), at);
  for (const t of tracks) at = buffer.writeInt32LE(Math.round(t.lon_deg * 1e7), at);
  for (const t of tracks) at = buffer.writeInt16LE(saturate(t.velocity_east_m_s * 10, -32768, 32767), at);
  for (const t of tracks) at = buffer.writeInt16LE(saturate(t.velocity_north_m_s * 10, -32768, 32767), at);
  for (const t of tracks) at = buffer.writeInt16LE(t.height_m === null ? -32768 : saturate(t.height_m / 2, -32767, 32767), at);
  for (const t of tracks) at = buffer.writeUInt16LE(saturate(t.ellipse_major_m, 0, 65535), at);
  for (const t of tracks) at = buffer.writeUInt16LE(saturate(t.ellipse_minor_m, 0, 65535), at);
  for (const t of tracks) at = buffer.writeUInt8(Math.round((t.ellipse_azimuth_deg / 180) * 256) & 255, at);
  for (const t of tracks)
    at = buffer.writeUInt8((t.class & 7) | ((t.identity & 7) << 3) | (t.on_ground ? 64 : 0) | (t.has_identifier ? 128 : 0), at);
  for (const t of tracks)
    at = buffer.writeUInt8(
      (t.status & 3) | ((t.entry & 7) << 2) | (t.emergency ? 32 : 0) | (t.not_live ? 64 : 0) | (t.not_permitted ? 128 : 0),
      at,
    );
  for (const t of tracks) at = buffer.writeInt8(saturate(t.vertical_m_s * 2, -128, 127), at);
  for (const t of tracks) at = buffer.writeUInt8(saturate(t.age_s, 0, 255), at);
  return buffer;
}
