/**
 * Labels: texts drawn once into an atlas, placed beside their symbols without overlap, moved by the shader with their track.
 * Placing is done once a second and when the view changes, for the loudest tracks first.
 */
import type { MapTheme } from './theme';

const SIZE = 2048;
const ROW_GAP = 2;
export const LABELS_MAX = 260;

export interface LabelWish {
  slot: number;
  text: string;
  second: string | null;
  /** 0 quiet … 4 established: picks the colour. */
  tone: number;
  /** Radius of the symbol, css pixels. */
  radius: number;
  /** Where the track is on the screen, css pixels. */
  x: number;
  y: number;
}

export interface PlacedLabel {
  slot: number;
  /** Device pixels from the track: x right, y down. */
  dx: number;
  dy: number;
  width: number;
  height: number;
  u0: number;
  v0: number;
  u1: number;
  v1: number;
}

interface Cell {
  u: number;
  v: number;
  w: number;
  h: number;
}

export class LabelAtlas {
  private readonly cells = new Map<string, Cell>();
  private readonly texture: WebGLTexture | null;
  private readonly canvas = document.createElement('canvas');
  private readonly context: CanvasRenderingContext2D;
  private x = 0;
  private y = 0;
  private row = 0;
  private full = false;
  private key = '';

  constructor(private readonly gl: WebGL2RenderingContext) {
    this.context = this.canvas.getContext('2d', { willReadFrequently: true })!;
    this.texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, SIZE, SIZE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  }

  private clear(): void {
    this.cells.clear();
    this.x = this.y = this.row = 0;
    this.full = false;
  }

  private cell(wish: LabelWish, theme: MapTheme, ratio: number): Cell | null {
    const key = `${wish.tone}|${wish.text}|${wish.second ?? ''}`;
    const known = this.cells.get(key);
    if (known) return known;
    if (this.full) return null;
    const c = this.context;
    const big = `600 ${12 * ratio}px "Noto Sans", system-ui, sans-serif`;
    const small = `400 ${11 * ratio}px "Noto Sans", system-ui, sans-serif`;
    c.font = big;
    let width = c.measureText(wish.text).width;
    if (wish.second) {
      c.font = small;
      width = Math.max(width, c.measureText(wish.second).width);
    }
    const pad = 4 * ratio;
    const w = Math.min(SIZE, Math.ceil(width + pad * 2));
    const h = Math.ceil((wish.second ? 31 : 17) * ratio);
    if (this.x + w > SIZE) {
      this.x = 0;
      this.y += this.row + ROW_GAP;
      this.row = 0;
    }
    if (this.y + h > SIZE) {
      this.full = true;
      return null;
    }
    this.canvas.width = w;
    this.canvas.height = h;
    c.fillStyle = theme.labelBack;
    c.beginPath();
    c.roundRect(0, 0, w, h, 3 * ratio);
    c.fill();
    c.textBaseline = 'middle';
    c.font = big;
    c.fillStyle = theme.labelLoud[wish.tone] ?? theme.labelText;
    c.fillText(wish.text, pad, 9 * ratio);
    if (wish.second) {
      c.font = small;
      c.fillStyle = theme.labelText;
      c.fillText(wish.second, pad, 23 * ratio);
    }
    const gl = this.gl;
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
    gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, this.x, this.y, gl.RGBA, gl.UNSIGNED_BYTE, this.canvas);
    const made = { u: this.x, v: this.y, w, h };
    this.x += w + ROW_GAP;
    this.row = Math.max(this.row, h);
    this.cells.set(key, made);
    return made;
  }

  /** Places as many labels as fit, first wishes first. `ratio` is device pixels a css pixel. */
  place(wishes: LabelWish[], theme: MapTheme, themeName: string, ratio: number, width: number, height: number): PlacedLabel[] {
    const key = `${themeName}|${ratio}`;
    if (key !== this.key || this.full) {
      this.clear();
      this.key = key;
    }
    const taken = new Boxes(width, height);
    for (const wish of wishes) taken.addSymbol(wish.x, wish.y, Math.min(wish.radius, 12));
    const placed: PlacedLabel[] = [];
    for (const wish of wishes) {
      if (placed.length >= LABELS_MAX) break;
      if (wish.x < -40 || wish.y < -20 || wish.x > width + 40 || wish.y > height + 20) continue;
      const cell = this.cell(wish, theme, ratio);
      if (!cell) continue;
      const w = cell.w / ratio;
      const h = cell.h / ratio;
      const gap = wish.radius + 2;
      const spots: [number, number][] = [[gap, -h / 2], [-gap - w, -h / 2], [-w / 2, gap], [-w / 2, -gap - h], [gap * 0.8, -gap * 0.8 - h], [gap * 0.8, gap * 0.8]];
      const free = ([dx, dy]: [number, number]): boolean => taken.free(wish.x + dx, wish.y + dy, w, h);
      const inside = ([dx, dy]: [number, number]): boolean => wish.x + dx >= 2 && wish.y + dy >= 2 && wish.x + dx + w <= width - 2 && wish.y + dy + h <= height - 2;
      const spot = spots.find((s) => inside(s) && free(s)) ?? spots.find(free);
      if (!spot) continue;
      taken.add(wish.x + spot[0], wish.y + spot[1], w, h);
      placed.push({
        slot: wish.slot, dx: Math.round(spot[0] * ratio), dy: Math.round(spot[1] * ratio), width: cell.w, height: cell.h,
        u0: cell.u / SIZE, v0: cell.v / SIZE, u1: (cell.u + cell.w) / SIZE, v1: (cell.v + cell.h) / SIZE,
      });
    }
    return placed;
  }

  bind(unit: number): void {
    this.gl.activeTexture(this.gl.TEXTURE0 + unit);
    this.gl.bindTexture(this.gl.TEXTURE_2D, this.texture);
  }
}

/** Which parts of the screen are taken: boxes in a coarse grid. */
class Boxes {
  private readonly cells = new Map<number, number[]>();
  private readonly boxes: number[] = [];
  private static readonly STEP = 64;

  constructor(
    private readonly width: number,
    private readonly height: number,
  ) {}

  private *keys(x: number, y: number, w: number, h: number): Generator<number> {
    const s = Boxes.STEP;
    for (let j = Math.floor(y / s); j <= Math.floor((y + h) / s); j++) for (let i = Math.floor(x / s); i <= Math.floor((x + w) / s); i++) yield j * 4096 + i;
  }

  add(x: number, y: number, w: number, h: number): void {
    const at = this.boxes.length;
    this.boxes.push(x, y, w, h);
    for (const key of this.keys(x, y, w, h)) {
      const list = this.cells.get(key);
      if (list) list.push(at);
      else this.cells.set(key, [at]);
    }
  }

  addSymbol(x: number, y: number, radius: number): void {
    if (x > -20 && y > -20 && x < this.width + 20 && y < this.height + 20) this.add(x - radius, y - radius, radius * 2, radius * 2);
  }

  free(x: number, y: number, w: number, h: number): boolean {
    const b = this.boxes;
    for (const key of this.keys(x, y, w, h)) {
      for (const at of this.cells.get(key) ?? []) {
        if (x < b[at]! + b[at + 2]! && x + w > b[at]! && y < b[at + 1]! + b[at + 3]! && y + h > b[at + 1]!) return false;
      }
    }
    return true;
  }
}
