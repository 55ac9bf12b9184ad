/** What this browser remembers: nothing that the server should know. A browser that forbids storage forgets. */
import type { ThemeName } from '../map/theme';
import type { Units } from './format';

export interface Settings {
  theme: ThemeName;
  units: Units;
  operator: string;
  vector_s: number;
  allTrails: boolean;
  labels: boolean;
  brightness: number;
  muted: boolean;
}

const KEY = 'skypicket';

export const DEFAULTS: Settings = { theme: 'dark', units: 'aviation', operator: '', vector_s: 120, allTrails: false, labels: true, brightness: 1, muted: false };

export function loadSettings(): Settings {
  const system: Partial<Settings> = matchMedia('(prefers-contrast: more)').matches ? { theme: 'contrast' } : matchMedia('(prefers-color-scheme: light)').matches ? { theme: 'light' } : {};
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Settings>;
    return { ...DEFAULTS, ...system, ...kept };
  } catch {
    return { ...DEFAULTS, ...system };
  }
}

export function saveSettings(settings: Settings): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // Private browsing: the choice holds until the page is closed.
  }
}
