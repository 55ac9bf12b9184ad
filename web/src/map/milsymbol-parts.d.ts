/** The part of milsymbol's module entry that the map uses; the package types its default entry only. */
interface SymbolOptions {
  size?: number;
  outlineWidth?: number;
  outlineColor?: string;
  strokeWidth?: number;
  colorMode?: string;
  fill?: boolean;
  frame?: boolean;
  icon?: boolean;
  civilianColor?: boolean;
  monoColor?: string;
}
export class MilSymbol {
  constructor(code: string, options?: SymbolOptions);
  asCanvas(ratio?: number): HTMLCanvasElement;
  getAnchor(): { x: number; y: number };
  getSize(): { width: number; height: number };
  isValid(): boolean;
}
export const ms: { Symbol: typeof MilSymbol; addIcons(set: unknown): void; setStandard(name: string): void };
export const numberair: unknown;
