// The clips of a hashtag.
import { t } from '../i18n';
import { Grid } from '../profile/grid';
import { shareTag } from '../feed/share';
import { tagPath } from '../caption';
import { Icon } from '../shell/icons';
import { Page } from '../shell/page';
import { Blank } from '../shell/states';

export function TagPage({ name }: { name: string }) {
  const shown = `#${name}`;
  return (
    <Page title={shown} back aside={(
      <button class="icon-button icon-button--boxed" type="button" aria-label={t('profile.link')} onClick={() => shareTag(tagPath(name), shown)}><Icon name="share" /></button>
    )}>
      <Grid key={name} listKey={`tag:${name}`} empty={(
        <Blank icon="hash" title={t('search.tag_empty')} text={t('search.tag_empty_text')}>
          <a class="button button--main" href="/upload">{t('nav.upload')}</a>
        </Blank>
      )} />
    </Page>
  );
}
