import * as api from '../../lib/api';
import type { Role } from '../../lib/api';
import { Asker } from '../../lib/asker.svelte';

/** Somebody who is added by their address, as it is typed. */
export class Adding extends Asker {
  name = $state('');
  address = $state('');
  /** Who was added last. */
  added = $state<string | null>(null);
  ready = $derived(this.name.trim() !== '' && this.address.trim() !== '' && !this.busy);
  readonly #role: Role;
  readonly #read: (number: number) => Promise<string | undefined>;

  /** `read` reads the contacts again and gives the name of one: who was known already keeps theirs. */
  constructor(role: Role, read: (number: number) => Promise<string | undefined>) {
    super();
    this.#role = role;
    this.#read = read;
  }

  /** Makes a contact of what was typed; gives whether it is one. */
  async add(): Promise<boolean> {
    if (!this.ready) return false;
    const [name, address] = [this.name.trim(), this.address.trim()];
    let done = false;
    await this.once(async () => {
      this.added = (await this.#read(await api.contactsAdd(this.#role, name, address))) ?? name;
      this.name = '';
      this.address = '';
      done = true;
    });
    return done;
  }
}
