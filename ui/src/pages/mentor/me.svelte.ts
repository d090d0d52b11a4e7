import * as api from '../../lib/api';
import type { Me } from '../../lib/api';
import { Autosave } from '../../lib/autosave.svelte';

/** One's own name while it is typed. What is not kept yet stays when the page is left. */
class MyName {
  name = $state('');
  saving: Autosave = new Autosave(async () => {
    const name = this.name.trim();
    await api.contactsName(name);
    this.onkept(name);
  });
  /** Told when it is kept. */
  onkept: (name: string) => void = () => undefined;

  show(me: Me): void {
    if (!this.saving.waiting) this.name = me.name;
  }

  type(name: string): void {
    this.name = name;
    this.saving.touch();
  }
}

export const myName = new MyName();
