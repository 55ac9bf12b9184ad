/** Numbers and times as people read them. A time is never shown without its zone. */

/** Between a number and its unit. */
const NB = '\u00a0';

export type Units = 'aviation' | 'metric';

const clocks = new Map<string, Intl.DateTimeFormat>();

function parts(ms: number, zone: string): Record<string, string> {
  let format = clocks.get(zone);
  if (!format) {
    const options: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', second: '2-digit', day: '2-digit', month: 'short', year: 'numeric', hourCycle: 'h23', timeZoneName: 'short' };
    try {
      format = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
    } catch {
      format = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' });
    }
    clocks.set(zone, format);
  }
  return Object.fromEntries(format.formatToParts(ms).map((p) => [p.type, p.value]));
}

const zulu = (ms: number, seconds: boolean): string => `${new Date(ms).toISOString().slice(11, seconds ? 19 : 16)}Z`;

/** "23:30 CEST (21:30Z)"; with seconds if asked; only "21:30Z" where the local zone is UTC. */
export function clockTime(time: string | number | null, zone: string, seconds = false): string {
  const ms = typeof time === 'string' ? Date.parse(time) : time;
  if (ms === null || !Number.isFinite(ms)) return '—';
  const p = parts(ms, zone);
  if (p.timeZoneName === 'UTC' || p.timeZoneName === 'GMT+0' || zone === 'UTC') return zulu(ms, seconds);
  return `${p.hour}:${p.minute}${seconds ? `:${p.second}` : ''} ${p.timeZoneName} (${zulu(ms, seconds)})`;
}

/** "9 Sept 2025". */
export function clockDate(time: string | number | null, zone: string): string {
  const ms = typeof time === 'string' ? Date.parse(time) : time;
  if (ms === null || !Number.isFinite(ms)) return '';
  const p = parts(ms, zone);
  return `${Number(p.day)} ${p.month} ${p.year}`;
}

/** "10 Sept 2025, 08:00 CEST (06:00Z)": where the day is not told beside it. */
export function moment(time: string | number | null, zone: string, seconds = false): string {
  const day = clockDate(time, zone);
  return day ? `${day}, ${clockTime(time, zone, seconds)}` : '—';
}

/** From one moment to another, each day told once. */
export function timeSpan(from: string, until: string, zone: string): string {
  if (from === until) return moment(until, zone);
  const same = clockDate(from, zone) === clockDate(until, zone);
  return `${moment(from, zone)} to ${same ? clockTime(until, zone) : moment(until, zone)}`;
}

/** "1 track", "3 tracks". */
export const counted = (n: number, what: string): string => `${group(n)}${NB}${what}${n === 1 ? '' : 's'}`;

/** "4 s", "12 min", "2 h 05 min"; fine also "12 min 05 s". */
export function duration(seconds: number, fine = false): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 90) return `${s}${NB}s`;
  if (fine && s < 5400) return `${Math.floor(s / 60)}${NB}min ${String(s % 60).padStart(2, '0')}${NB}s`;
  const minutes = Math.round(s / 60);
  if (minutes < 90) return `${minutes}${NB}min`;
  return `${Math.floor(minutes / 60)}${NB}h ${String(minutes % 60).padStart(2, '0')}${NB}min`;
}

/** How long before `now` a time was. */
export function ago(time: string | null, nowMs: number): string {
  if (!time) return 'never';
  const s = (nowMs - Date.parse(time)) / 1000;
  return s < 1 ? 'now' : `${duration(s)} ago`;
}

/** Thousands kept together by a no-break space. */
export const group = (value: number): string => Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, '\u00a0');

/** Never "100 %" for what is only nearly certain, nor "0 %" for what is only nearly impossible. */
export function percent(p: number): string {
  if (p > 0.995 && p < 1) return p > 0.9995 ? `>${NB}99.9${NB}%` : `${(Math.floor(p * 1000) / 10).toFixed(1)}${NB}%`;
  if (p > 0 && p < 0.005) return `<${NB}0.5${NB}%`;
  return `${Math.round(p * 100)}${NB}%`;
}

/** What a model is sure of is never told as certain, even where the number it computed is 1 or 0. */
export const chance = (p: number): string => (p > 0.999 ? `>${NB}99.9${NB}%` : p < 0.001 ? `<${NB}0.1${NB}%` : percent(p));

/** An interval; once where both ends read the same. */
export const interval = (low: string, high: string): string => (low === high ? low : `${low} to ${high}`);

export function distance(m: number, units: Units = 'metric'): string {
  if (units === 'aviation') return `${(m / 1852).toFixed(m < 18520 ? 1 : 0)}${NB}NM`;
  if (m < 950) return `${Math.round(m / 10) * 10}${NB}m`;
  return `${(m / 1000).toFixed(m < 99_500 ? 1 : 0)}${NB}km`;
}

const FT = 0.3048;
export const feet = (m: number): string => `${group(Math.round(m / FT / 100) * 100)}${NB}ft`;

export function height(m: number | null, units: Units): string {
  if (m === null) return 'height unknown';
  return units === 'metric' ? `${group(m < 1000 ? Math.round(m / 10) * 10 : Math.round(m / 50) * 50)}${NB}m` : feet(m);
}

export function speed(m_s: number, units: Units): string {
  return units === 'metric' ? `${Math.round(m_s * 3.6)}${NB}km/h` : `${Math.round(m_s / 0.514444)}${NB}kt`;
}

export function vertical(m_s: number, units: Units): string {
  if (Math.abs(m_s) < 0.5) return 'level';
  const way = m_s > 0 ? 'climbing' : 'descending';
  return units === 'metric' ? `${way} ${Math.abs(m_s).toFixed(1)}${NB}m/s` : `${way} ${group(Math.round((Math.abs(m_s) * 60) / FT / 100) * 100)}${NB}ft/min`;
}

export const course = (deg: number): string => `${String(Math.round(deg) % 360).padStart(3, '0')}°`;

export function position(lat: number, lon: number): string {
  return `${Math.abs(lat).toFixed(4)}° ${lat < 0 ? 'S' : 'N'}  ${Math.abs(lon).toFixed(4)}° ${lon < 0 ? 'W' : 'E'}`;
}

export function rate(per_s: number): string {
  if (per_s === 0) return '0/s';
  return `${per_s < 10 ? per_s.toFixed(1) : group(per_s)}/s`;
}
