/** What the operator asks for, and what becomes of it. */
import { rest } from '../api/rest';
import type { Accepted, Incident, Outcome, TrackDetail } from '../api/types';
import type { App } from './app.svelte';

export interface Toast {
  id: number;
  kind: 'error' | 'good' | 'note';
  text: string;
}
export type Asked = { incident: Incident; what: 'acknowledge' | 'close' | 'note' | 'violation'; outcome?: Outcome; text?: string } | { track: TrackDetail; identity: string; reason: string } | AboutClaims | { report: object } | { correct: string; reason: string; report: object } | { withdraw: string; reason: string };
/** Something about public statements, under the name of whoever asks. */
export interface AboutClaims {
  claims: (operator: string) => Promise<Accepted>;
  good: string;
}

/** A fault stays long enough to be read by somebody who looked elsewhere. */
const ERROR_MS = 15_000;
const TOAST_MS = 4000;

export class Desk {
  toasts: Toast[] = $state([]);
  /** What waits for the operator's name. */
  asking: Asked | null = $state.raw(null);
  private toastId = 0;

  constructor(private readonly app: App) {}

  toast(kind: Toast['kind'], text: string): void {
    if (this.toasts.some((t) => t.text === text)) return;
    const id = ++this.toastId;
    this.toasts.push({ id, kind, text });
    window.setTimeout(() => this.dismiss(id), kind === 'error' ? ERROR_MS : TOAST_MS);
  }
  dismiss(id: number): void {
    this.toasts = this.toasts.filter((t) => t.id !== id);
  }
  fail(what: string, fault: unknown): void {
    this.toast('error', `${what}: ${fault instanceof Error ? fault.message : String(fault)}`);
  }

  async doing(run: () => Promise<unknown>): Promise<boolean> {
    try {
      await run();
      return true;
    } catch (fault) {
      this.fail('Not done', fault);
      return false;
    }
  }

  /** A command: refused with a reason, carried out, or recorded by a server that has not come to it yet. */
  private async command(run: () => Promise<Accepted>, good: string): Promise<boolean> {
    return this.doing(async () => {
      const { taken } = await run();
      if (taken) this.toast('good', good);
      else this.toast('note', 'Recorded. The server is behind: look at the log in a moment whether it was carried out.');
    });
  }

  /** Does what an operator asked for, after asking for the name if it is not known yet. */
  async act(asked: Asked): Promise<boolean> {
    const operator = this.app.settings.operator.trim();
    if (!operator) {
      this.asking = asked;
      return false;
    }
    if ('track' in asked) {
      const done = await this.command(() => rest.identity(asked.track.id, operator, asked.identity, asked.reason), 'Standard identity recorded');
      if (done) void this.app.refreshDetail(true);
      return done;
    }
    if ('claims' in asked) {
      const done = await this.command(() => asked.claims(operator), asked.good);
      void this.app.refreshClaims();
      return done;
    }
    if ('correct' in asked) return this.command(() => rest.correctReport(asked.correct, operator, asked.reason, asked.report), 'Correction recorded');
    if ('withdraw' in asked) return this.command(() => rest.withdrawReport(asked.withdraw, operator, asked.reason), 'Report withdrawn');
    if ('report' in asked) return this.command(() => rest.fileReport(operator, asked.report), 'Report recorded');
    const id = asked.incident.id;
    switch (asked.what) {
      case 'acknowledge':
        return this.command(() => rest.acknowledge(id, operator), 'Acknowledged');
      case 'close':
        return this.command(() => rest.close(id, operator, asked.outcome ?? 'other', asked.text ?? ''), 'Closed');
      case 'note':
        return this.command(() => rest.note(id, operator, asked.text ?? ''), 'Note added');
      case 'violation':
        return this.command(() => rest.violation(id, operator), 'Recorded in your name');
    }
  }
}
