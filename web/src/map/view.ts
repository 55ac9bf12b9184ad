/** The map as the rest of the page sees it: made once, told what to show, reports clicks. */
import { Map as MapLibreMap, setWorkerUrl, type GeoJSONSource } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { feature } from 'topojson-client';
import type { Topology } from 'topojson-specification';
import type { PictureClock } from '../data/clock';
import type { Rank, TrackStore } from '../data/store';
import { areas, falsely, outlines, shares, sourceNames } from '../data/gnss';
import type { GnssCell, GnssChange, GnssSources } from '../api/types';
import { countryPoints, layers, style, watchedBox } from './style';
import type { ThemeName } from './theme';
import { TrackLayer, type LayerOptions } from './tracklayer';

/** Motion below this many pixels between two drawings is not seen. */
const STEP_PX = 0.35;
const FPS_MIN = 2;
const FPS_MAX = 60;
const FINE_LAND_ZOOM = 6.8;
const FINE_AIRSPACE_ZOOM = 8;

export interface ViewHandlers {
  click(number: number | null, add: boolean, at: [number, number]): void;
  hover(number: number | null): void;
  moved(bbox: [number, number, number, number], zoom: number): void;
  pointer(lonLat: [number, number] | null): void;
  /** The graphics context was lost, or is back. */
  context(works: boolean): void;
  loadFine(): Promise<GeoJSON.FeatureCollection | null>;
}

export class MapView {
  readonly map: MapLibreMap;
  readonly layer: TrackLayer;
  private theme: ThemeName;
  private landDetail = '';
  private airspaces: GeoJSON.FeatureCollection | null = null;
  private fine = false;
  private frame = 0;
  private lastDraw = 0;
  private interval = 500;
  private labelsDue = 0;
  private placed = false;
  private gone = false;

  constructor(
    container: HTMLElement,
    store: TrackStore,
    private readonly clock: PictureClock,
    options: LayerOptions,
    secondLine: (slot: number, rank: Rank) => string | null,
    private readonly on: ViewHandlers,
    camera: { center: [number, number]; zoom: number } | null,
  ) {
    setWorkerUrl(new URL(workerUrl, document.baseURI).href);
    this.theme = options.theme;
    this.placed = camera !== null;
    this.map = new MapLibreMap({
      container,
      style: style(this.theme),
      center: camera?.center ?? [20, 52],
      zoom: camera?.zoom ?? 4.6,
      minZoom: 1.5,
      maxZoom: 16,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      renderWorldCopies: false,
      fadeDuration: 0,
      keyboard: false,
      maxTileCacheSize: 60,
      validateStyle: false,
    } as ConstructorParameters<typeof MapLibreMap>[0]);
    this.map.touchZoomRotate.disableRotation();
    this.layer = new TrackLayer(store, clock, options, secondLine);
    this.map.on('load', () => {
      this.map.addLayer(this.layer);
      this.layer.setTheme(this.theme);
      void this.land('110m').then(() => this.land('50m'));
      if (this.airspaces) this.setAirspaces(this.airspaces);
      this.moved();
    });
    this.map.on('webglcontextlost', () => on.context(false));
    this.map.on('webglcontextrestored', () => {
      // The library restores its own layers, not those of others.
      this.map.once('idle', () => {
        if (this.map.getLayer(this.layer.id)) this.map.removeLayer(this.layer.id);
        this.map.addLayer(this.layer);
        on.context(true);
      });
    });
    this.map.on('moveend', () => this.moved());
    this.map.on('move', () => this.labelsSoon());
    this.map.on('mousemove', (event) => {
      this.on.hover(this.layer.pick(event.point.x, event.point.y, 16));
      this.on.pointer([event.lngLat.lng, event.lngLat.lat]);
    });
    this.map.on('mouseout', () => {
      this.on.hover(null);
      this.on.pointer(null);
    });
    this.map.on('click', (event) => {
      const touch = matchMedia('(pointer: coarse)').matches;
      const e = event.originalEvent;
      this.on.click(this.layer.pick(event.point.x, event.point.y, touch ? 26 : 16), e.shiftKey || e.ctrlKey || e.metaKey, [event.lngLat.lng, event.lngLat.lat]);
    });
    this.loop = this.loop.bind(this);
    this.frame = requestAnimationFrame(this.loop);
  }

  /** Draws as often as motion needs: twice a second over a continent, 60 times beside a runway. */
  private loop(now: number): void {
    if (this.gone) return;
    this.frame = requestAnimationFrame(this.loop);
    if (now - this.lastDraw < this.interval || document.hidden) return;
    this.lastDraw = now;
    if (this.clock.running > 0 && !this.clock.stale(now)) this.map.triggerRepaint();
  }

  private pace(): void {
    const fps = Math.max(FPS_MIN, Math.min(FPS_MAX, this.layer.pixelsPerSecond() / STEP_PX));
    this.interval = 1000 / fps - 4;
  }

  private labelsSoon(): void {
    if (this.labelsDue) return;
    this.labelsDue = window.setTimeout(() => {
      this.labelsDue = 0;
      this.layer.placeLabels();
    }, 120);
  }

  private moved(): void {
    this.pace();
    const b = this.map.getBounds();
    const zoom = this.map.getZoom();
    this.layer.rebuild();
    this.on.moved([b.getWest(), b.getSouth(), b.getEast(), b.getNorth()], zoom);
    if (zoom >= FINE_LAND_ZOOM) void this.land('10m');
    if (zoom >= FINE_AIRSPACE_ZOOM && !this.fine && this.airspaces) {
      this.fine = true;
      void this.on.loadFine().then((data) => {
        if (data) this.source('airspaces')?.setData(data);
        else this.fine = false;
      });
    }
  }

  private source(name: string): GeoJSONSource | undefined {
    return this.map.getSource(name) as GeoJSONSource | undefined;
  }

  private async land(detail: '110m' | '50m' | '10m'): Promise<void> {
    const order = ['', '110m', '50m', '10m'];
    if (order.indexOf(detail) <= order.indexOf(this.landDetail)) return;
    this.landDetail = detail;
    try {
      const answer = await fetch(new URL(`base/land-${detail}.json`, document.baseURI));
      if (!answer.ok || this.landDetail !== detail) return;
      const topology = (await answer.json()) as Topology;
      this.source('land')?.setData(feature(topology, topology.objects.land!) as GeoJSON.FeatureCollection);
    } catch {
      // The base map is orientation only; without it the picture still stands.
      if (this.landDetail === detail) this.landDetail = '';
    }
  }

  setAirspaces(data: GeoJSON.FeatureCollection): void {
    this.airspaces = data;
    const source = this.source('airspaces');
    if (!source) return;
    source.setData(data);
    this.source('countries')?.setData(countryPoints(data));
    if (!this.placed) {
      this.placed = true;
      this.home(0);
    }
  }

  /** Where the sensors stand. */
  setSensors(list: { name: string; state: string; site: [number, number, number] | null }[]): void {
    this.points('sensors', list.flatMap((s) => (s.site ? [{ at: [s.site[0], s.site[1]] as [number, number], properties: { name: s.name, state: s.state } }] : [])));
  }

  /** Where a target could have been seen; `null` shows none. */
  setCoverage(data: GeoJSON.FeatureCollection | null): void {
    this.source('coverage')?.setData(data ?? { type: 'FeatureCollection', features: [] });
  }

  /** Cells of satellite navigation, and the one that was chosen. */
  setGnss(cells: GnssCell[]): void {
    this.source('gnss')?.setData(areas(cells));
    this.source('gnss-shares')?.setData(shares(cells));
  }
  setGnssSources(all: GnssSources[]): void {
    this.source('gnss-sources')?.setData(outlines(all));
    this.source('gnss-source-names')?.setData(sourceNames(all));
  }
  setGnssFalse(all: GnssChange[]): void {
    this.source('gnss-false')?.setData(falsely(all));
  }
  setGnssChosen(cell: GnssCell | null): void {
    this.source('gnss-chosen')?.setData(areas(cell ? [cell] : []));
  }

  /** Where a track may have come from; `null` shows none. */
  setOrigin(data: GeoJSON.FeatureCollection | null): void {
    this.source('origin')?.setData(data ?? { type: 'FeatureCollection', features: [] });
  }

  /** Shows all of some cells, given by their corners. */
  fit(box: [number, number, number, number], maxZoom = 9, covered: { bottom?: number; right?: number } = {}): void {
    this.map.resize();
    this.map.fitBounds(box, { padding: { top: 110, bottom: 60, left: 60, right: 80, ...covered }, maxZoom, duration: 450 });
  }

  /** Where objects came in. */
  setCrossings(places: [number, number][]): void {
    this.points('crossings', places.map((at) => ({ at, properties: {} })));
  }

  /** What people report from the ground. */
  setReports(list: { number: number; statement: { kind: string; title: string; lat_deg: number; lon_deg: number } }[]): void {
    this.points('reports', list.map((r) => ({ at: [r.statement.lon_deg, r.statement.lat_deg] as [number, number], properties: { kind: r.statement.kind, name: `R${r.number} ${r.statement.title}` } })));
  }

  private readonly given = new Map<string, string>();
  private points(source: string, list: { at: [number, number]; properties: Record<string, string> }[]): void {
    const key = JSON.stringify(list);
    const target = this.source(source);
    if (!target || this.given.get(source) === key) return;
    this.given.set(source, key);
    target.setData({ type: 'FeatureCollection', features: list.map(({ at, properties }) => ({ type: 'Feature', properties, geometry: { type: 'Point', coordinates: at } })) });
  }

  /** Shows the watched airspaces. */
  home(duration = 500): void {
    const box = this.airspaces ? watchedBox(this.airspaces) : null;
    if (box) this.map.fitBounds(box, { padding: { top: 76, bottom: 44, left: 40, right: 56 }, duration, maxZoom: 8 });
  }

  setTheme(theme: ThemeName): void {
    this.theme = theme;
    for (const layer of layers(theme)) {
      if (!this.map.getLayer(layer.id)) continue;
      for (const [key, value] of Object.entries(layer.paint ?? {})) this.map.setPaintProperty(layer.id, key as 'fill-color', value as string);
    }
    this.layer.setTheme(theme);
  }

  /** A frame was taken in. */
  update(): void {
    this.layer.rebuild();
    this.pace();
  }

  show(lonLat: [number, number], zoom?: number, offset: [number, number] = [0, 0]): void {
    this.map.resize();
    this.map.easeTo({ center: lonLat, zoom: Math.max(this.map.getZoom(), zoom ?? 0), offset, duration: 450 });
  }

  showAll(points: [number, number][]): void {
    this.map.resize();
    if (points.length === 1) return this.show(points[0]!, 8);
    if (points.length === 0) return;
    const lons = points.map((p) => p[0]);
    const lats = points.map((p) => p[1]);
    this.map.fitBounds([Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)], { padding: { top: 130, bottom: 90, left: 110, right: 130 }, maxZoom: 9, duration: 450 });
  }

  zoomBy(step: number): void {
    this.map.easeTo({ zoom: this.map.getZoom() + step, duration: 180 });
  }

  panBy(x: number, y: number): void {
    this.map.panBy([x, y], { duration: 120 });
  }

  destroy(): void {
    this.gone = true;
    cancelAnimationFrame(this.frame);
    this.map.remove();
  }
}
