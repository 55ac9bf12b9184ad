/** Colours by theme. Okabe–Ito hues, so that the common forms of colour blindness tell them apart; shape and text say the same. */

export type ThemeName = 'dark' | 'light' | 'contrast';
export type Rgba = [number, number, number, number];

export interface MapTheme {
  sea: string; land: string; coast: string; border: string; watchedFill: string; watchedLine: string; watchedCasing: string;
  ctr: string; tma: string; restricted: string; uas: string; other: string; coverage: string; origin: string; country: string; place: string; halo: string; crossing: string;
  /** By standard identity: pending, unknown, assumed friend, friend, neutral, suspect, hostile, not known to the map. */
  identity: Rgba[];
  /** By entry state: none, near, possible, likely, established. */
  entry: Rgba[];
  /** Cells of satellite navigation, green, yellow, red as such maps are known for. Over land and sea the filled states stay apart for each form of colour
      blindness (opacities of quiet, some, much are chosen for that); width of line and the written share say the same. `none` is an outline only. */
  gnss: { quiet: string; some: string; much: string; none: string; opacity: [number, number, number] };
  mark: Rgba; ellipse: Rgba; shade: Rgba; quiet: number;
  labelText: string; labelBack: string; labelLoud: string[];
}

const rgb = (hex: string, a = 1): Rgba => [parseInt(hex.slice(1, 3), 16) / 255, parseInt(hex.slice(3, 5), 16) / 255, parseInt(hex.slice(5, 7), 16) / 255, a];

export const THEMES: Record<ThemeName, MapTheme> = {
  dark: {
    sea: '#0a1017', land: '#131b23', coast: '#2a3743', border: '#3a4956', watchedFill: '#4aa3df', watchedLine: '#66b5e8', watchedCasing: '#0d2a3d',
    ctr: '#7c8fe0', tma: '#5f6fae', restricted: '#c9879f', uas: '#4db79a', other: '#8b98a5', coverage: '#3fb59a', origin: '#d28bb4', country: '#7d8d9b', place: '#93a2af', halo: '#0d141b', crossing: '#ff8a5c',
    identity: ['#e5df9c', '#f2e35a', '#7ab8d9', '#56b4e9', '#6fcf97', '#f0a05a', '#ff6b5e', '#ffffff'].map((c) => rgb(c)),
    entry: ['#000000', '#7cc7f2', '#f0e442', '#ffb000', '#ff6a3d'].map((c) => rgb(c)),
    gnss: { quiet: '#2fa37f', some: '#f0e442', much: '#e8401c', none: '#8b98a5', opacity: [0.16, 0.55, 0.66] },
    mark: rgb('#ffffff'), ellipse: rgb('#cfe6f5'), shade: rgb('#000000', 0.45), quiet: 0.62,
    labelText: '#dfe8ef', labelBack: 'rgba(8,13,18,0.78)', labelLoud: ['#dfe8ef', '#9bd4f5', '#f0e442', '#ffb82e', '#ff8a63'],
  },
  light: {
    sea: '#dfe7ec', land: '#f6f5f1', coast: '#a9b8c2', border: '#9aa7b0', watchedFill: '#0072b2', watchedLine: '#005f95', watchedCasing: '#ffffff',
    ctr: '#4b5cc4', tma: '#6b78bd', restricted: '#b0436b', uas: '#00805f', other: '#66727c', coverage: '#008a6a', origin: '#a8407c', country: '#5f6c77', place: '#4c5862', halo: '#fbfaf7', crossing: '#b23400',
    identity: ['#8a7f1f', '#a68a00', '#2f7fae', '#0072b2', '#00805f', '#c25a00', '#c62a1a', '#222222'].map((c) => rgb(c)),
    entry: ['#000000', '#0072b2', '#8f7a00', '#c77700', '#c43c00'].map((c) => rgb(c)),
    gnss: { quiet: '#009e73', some: '#d9ad00', much: '#c43c00', none: '#66727c', opacity: [0.16, 0.42, 0.66] },
    mark: rgb('#101820'), ellipse: rgb('#123a55'), shade: rgb('#ffffff', 0.75), quiet: 0.75,
    labelText: '#1b242c', labelBack: 'rgba(255,255,255,0.86)', labelLoud: ['#1b242c', '#005f95', '#6b5b00', '#8a5200', '#a83300'],
  },
  contrast: {
    sea: '#000000', land: '#0d0d0d', coast: '#9a9a9a', border: '#b8b8b8', watchedFill: '#56b4e9', watchedLine: '#ffffff', watchedCasing: '#0072b2',
    ctr: '#b3c0ff', tma: '#8fa0ff', restricted: '#ff9fc4', uas: '#5ff0c0', other: '#cccccc', coverage: '#00e0a8', origin: '#ff9fd8', country: '#e0e0e0', place: '#f0f0f0', halo: '#000000', crossing: '#ff9068',
    identity: ['#fff7b0', '#fff200', '#8fd6ff', '#56b4e9', '#7dffb0', '#ffb066', '#ff8575', '#ffffff'].map((c) => rgb(c)),
    entry: ['#000000', '#9bdcff', '#fff200', '#ffc400', '#ff7a45'].map((c) => rgb(c)),
    gnss: { quiet: '#00e0a8', some: '#fff200', much: '#ff6a3d', none: '#e0e0e0', opacity: [0.2, 0.65, 0.7] },
    mark: rgb('#ffffff'), ellipse: rgb('#ffffff'), shade: rgb('#000000', 0.8), quiet: 1,
    labelText: '#ffffff', labelBack: 'rgba(0,0,0,0.92)', labelLoud: ['#ffffff', '#9bdcff', '#fff200', '#ffc400', '#ff9a70'],
  },
};
