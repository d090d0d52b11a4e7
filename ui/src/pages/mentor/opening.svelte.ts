import * as api from '../../lib/api';
import type { PacketTaken, Trust } from '../../lib/api';
import { Asker } from '../../lib/asker.svelte';

/** Opening a packet, and what is asked before one is taken. `error` is the last refusal. */
export class Opening extends Asker {
  // What was agreed to for the packet at hand: each refusal asks for one more thing.
  #trust: Trust = 'known';
  #without = false;

  /** Takes a packet that a dialog gives; null where nothing was taken. */
  open(): Promise<PacketTaken | null> {
    this.#trust = 'known';
    this.#without = false;
    return this.#take(() => api.packetsOpen());
  }

  /** Takes the packet at hand: its words were compared. */
  takeNew(): Promise<PacketTaken | null> {
    this.#trust = 'new';
    return this.#again();
  }

  /** Takes the packet at hand without the one before it. */
  takeWithout(): Promise<PacketTaken | null> {
    this.#without = true;
    return this.#again();
  }

  /** Leaves the packet at hand alone. */
  leave(): void {
    this.error = null;
  }

  #again(): Promise<PacketTaken | null> {
    return this.#take(() => api.packetsTake(this.#trust, this.#without));
  }

  async #take(ask: () => Promise<PacketTaken | null>): Promise<PacketTaken | null> {
    let taken: PacketTaken | null = null;
    await this.once(async () => {
      taken = await ask();
    });
    return taken;
  }
}

/** Outlives the page: a packet that waits for its words to be compared is still asked about on coming back. */
export const opening = new Opening();
