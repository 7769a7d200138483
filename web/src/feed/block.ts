// Blocking a person, from wherever they are met.
import { api, plainWords } from '../api';
import { t } from '../i18n';
import { listOf } from '../lists';
import { ask } from '../shell/ask';
import { nameOf } from '../shell/avatar';
import { toast } from '../shell/toasts';
import type { Author } from '../types';
import { videoOf } from '../videos';

function dropClipsOf(person: Author): void {
  for (const key of ['feed', 'following']) {
    const list = listOf(key);
    for (const id of list.state.get().ids) {
      if (videoOf(id)?.author.id === person.id) list.drop(id);
    }
  }
}

export function blockPerson(person: Author, then?: () => void): void {
  ask({
    title: t('act.block_ask', { name: nameOf(person) }), text: t('act.block_text'), yes: t('act.block'),
    async then() {
      try {
        await api.block(person.handle, true);
        dropClipsOf(person);
        toast(t('act.blocked_toast'));
        then?.();
      } catch (thrown) {
        toast(plainWords(thrown));
      }
    },
  });
}
