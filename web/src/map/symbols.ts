/**
 * Symbols by standard identity and class (APP-6D air set, drawn by milsymbol), in the cells of one atlas. A cell is drawn when
 * it is first needed: 40 symbols at once would cost a fifth of a second at start.
 */
import { ms, numberair } from 'milsymbol-parts';

export const CELL = 64;
export const GRID = 8;

/** APP-6D entities of the air set. The class says what it looks like, so the icon never claims military or civil. */
const ENTITY: (string | null)[] = ['110100', '110200', '110300', '110300', '110500', null, '000000'];
const LETTERS: (string | null)[] = [null, null, 's', null, null, 'BIRD', '?'];
const IDENTITIES = 7;

let ready = false;

function milCanvas(identity: number, entity: string, size: number): { canvas: HTMLCanvasElement; x: number; y: number } | null {
  if (!ready) {
    ms.addIcons(numberair);
    ready = true;
  }
  const symbol = new ms.Symbol(`100${identity}010000${entity}0000`, { size, outlineWidth: 2, outlineColor: 'rgba(8,12,16,0.85)' });
  if (!symbol.isValid()) return null;
  const anchor = symbol.getAnchor();
  return { canvas: symbol.asCanvas(1), x: anchor.x, y: anchor.y };
}

/** What is drawn for a code that the map does not know: visible, and said in words. */
function drawUnknownCode(c: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  const half = size * 0.3;
  c.lineWidth = size * 0.05;
  c.fillStyle = '#f4f4f4';
  c.strokeStyle = '#111';
  c.beginPath();
  c.roundRect(x - half * 1.4, y - half * 0.6, half * 2.8, half * 1.2, size * 0.06);
  c.fill();
  c.stroke();
  c.fillStyle = '#111';
  c.font = `600 ${size * 0.17}px "Noto Sans", sans-serif`;
  c.textAlign = 'center';
  c.textBaseline = 'middle';
  c.fillText('unknown', x, y + size * 0.01);
}

/** Draws one symbol centred at (x, y), fitting a box of `size`. */
export function drawSymbol(c: CanvasRenderingContext2D, kind: number, identity: number, x: number, y: number, size: number): void {
  const entity = kind === 5 ? '000000' : ENTITY[kind];
  const drawn = identity < IDENTITIES && entity ? milCanvas(identity, entity, size * 0.64) : null;
  if (!drawn) {
    drawUnknownCode(c, x, y, size);
    return;
  }
  const fit = Math.min(1, (size * 0.98) / Math.max(drawn.canvas.width, drawn.canvas.height));
  c.drawImage(drawn.canvas, x - drawn.x * fit, y - drawn.y * fit, drawn.canvas.width * fit, drawn.canvas.height * fit);
  const letters = LETTERS[kind];
  if (!letters) return;
  c.fillStyle = '#101418';
  c.textAlign = 'center';
  c.textBaseline = 'middle';
  const small = letters.length > 1;
  c.font = `700 ${size * (small ? 0.18 : letters === 's' ? 0.2 : 0.34)}px "Noto Sans", sans-serif`;
  c.fillText(letters, x, y + (letters === 's' ? size * 0.21 : 0));
}

export class SymbolAtlas {
  private readonly drawn = new Set<number>();
  private texture: WebGLTexture | null = null;
  private readonly scratch: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D;

  constructor(private readonly gl: WebGL2RenderingContext) {
    this.scratch = document.createElement('canvas');
    this.scratch.width = this.scratch.height = CELL;
    this.context = this.scratch.getContext('2d', { willReadFrequently: true })!;
    this.texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.texStorage2D(gl.TEXTURE_2D, 3, gl.RGBA8, CELL * GRID, CELL * GRID);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
  }

  /** Makes sure that these cells (identity × 8 + class) are drawn. */
  need(cells: Iterable<number>): void {
    let changed = false;
    const gl = this.gl;
    for (const cell of cells) {
      if (this.drawn.has(cell)) continue;
      this.drawn.add(cell);
      this.context.clearRect(0, 0, CELL, CELL);
      drawSymbol(this.context, cell & 7, cell >> 3, CELL / 2, CELL / 2, CELL);
      gl.bindTexture(gl.TEXTURE_2D, this.texture);
      gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
      gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
      gl.texSubImage2D(gl.TEXTURE_2D, 0, (cell & 7) * CELL, (cell >> 3) * CELL, gl.RGBA, gl.UNSIGNED_BYTE, this.scratch);
      changed = true;
    }
    if (changed) gl.generateMipmap(gl.TEXTURE_2D);
  }

  bind(unit: number): void {
    this.gl.activeTexture(this.gl.TEXTURE0 + unit);
    this.gl.bindTexture(this.gl.TEXTURE_2D, this.texture);
  }

  dispose(): void {
    this.gl.deleteTexture(this.texture);
  }
}
