/** Keys as tar1090 has them, where it has them. */
import type { App } from './app.svelte';

const PAN_PX = 140;

export const KEYS: [string[], string][] = [
  [['Q', 'E'], 'zoom out, zoom in'],
  [['W', 'A', 'S', 'D'], 'move the map'],
  [['H'], 'back to the watched airspace'],
  [['F'], 'fly to what is selected'],
  [['C', 'Esc'], 'clear the selection, close'],
  [['M'], 'select several (also Shift + click)'],
  [['T'], 'trails of all tracks'],
  [['L'], 'labels'],
  [['O'], 'coverage: where a target could have been seen (internal)'],
  [['G'], 'satellite navigation: where aircraft lack it'],
  [['V'], 'speed vectors: off, 1, 2, 5 minutes'],
  [['B'], 'brightness of the map'],
  [['N'], 'theme: dark, light, high contrast'],
  [['/'], 'search'],
  [['1', '2', '3', '4', '5', '6'], 'incidents, entries, sensors, claims, counts, reports'],
  [['Space'], 'play, pause'],
  [['←', '→'], 'ten seconds back, forward'],
  [['R'], 'return to live'],
  [['?'], 'this help'],
];

const THEMES = ['dark', 'light', 'contrast'] as const;
const VECTORS = [0, 60, 120, 300];
const next = <T>(list: readonly T[], now: T): T => list[(list.indexOf(now) + 1) % list.length]!;

export function handleKey(app: App, event: KeyboardEvent): void {
  const target = event.target as HTMLElement | null;
  const typing = target !== null && (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable);
  if (event.key === 'Escape') {
    if (app.helpOpen || app.settingsOpen || app.momentOpen || app.claimsOpen || app.desk.asking) {
      app.helpOpen = app.settingsOpen = app.momentOpen = app.claimsOpen = false;
      app.desk.asking = null;
    } else if (typing) target?.blur();
    else app.clear();
    return;
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey || app.helpOpen || app.settingsOpen || app.momentOpen || app.claimsOpen || app.desk.asking) return;
  // A focused button keeps the space bar for itself.
  if (event.key === ' ' && target?.closest('button, summary, a')) return;
  const { view, settings } = app;
  const run = keys(app, event.key);
  if (!run) return;
  event.preventDefault();
  run(view, settings);
}

function keys(app: App, key: string): ((view: App['view'], settings: App['settings']) => void) | null {
  switch (key.length === 1 ? key.toLowerCase() : key) {
    case 'q': return (v) => v?.zoomBy(-1);
    case 'e': return (v) => v?.zoomBy(1);
    case 'w': return (v) => v?.panBy(0, -PAN_PX);
    case 's': return (v) => v?.panBy(0, PAN_PX);
    case 'a': return (v) => v?.panBy(-PAN_PX, 0);
    case 'd': return (v) => v?.panBy(PAN_PX, 0);
    case 'h': return (v) => v?.home();
    case 'f': return () => app.shownTrack !== null && app.flyTo(app.shownTrack);
    case 'c': return () => app.clear();
    case 'm': return () => (app.multi = !app.multi);
    case 't': return (_, s) => app.change('allTrails', !s.allTrails);
    case 'o': return () => app.coverage.toggle();
    case 'g': return () => app.gnss.toggle();
    case 'l': return (_, s) => app.change('labels', !s.labels);
    case 'v': return (_, s) => app.change('vector_s', next(VECTORS, s.vector_s));
    case 'b': return (_, s) => app.change('brightness', s.brightness <= 0.45 ? 1 : s.brightness - 0.2);
    case 'n': return (_, s) => app.change('theme', next(THEMES, s.theme));
    case '1': return () => app.setTab('incidents');
    case '2': return () => app.setTab('entries');
    case '3': return () => app.setTab('sensors');
    case '4': return () => app.setTab('claims');
    case '5': return () => app.setTab('counts');
    case '6': return () => app.setTab('reports');
    case ' ': return () => void app.time.setPaused(app.time.running);
    case 'ArrowLeft': return () => app.time.lookAt(app.pictureMs - 10_000);
    case 'ArrowRight': return () => app.time.past && app.time.lookAt(app.pictureMs + 10_000);
    case 'r': return () => app.time.returnToLive();
    case '/': return () => document.getElementById('search')?.focus();
    case '?': return () => (app.helpOpen = true);
    default: return null;
  }
}
