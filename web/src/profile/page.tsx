// A person: who they are, what they made; one's own also what one liked and saved.
import { useEffect, useState } from 'preact/hooks';
import { api, plainWords, Problem } from '../api';
import { setFollow } from '../acts';
import { compact, t, tn } from '../i18n';
import { blockPerson } from '../feed/block';
import { openReport } from '../feed/report';
import { shareProfile } from '../feed/share';
import { asSomeone, me } from '../session';
import { Avatar, nameOf, isDemo } from '../shell/avatar';
import { Icon } from '../shell/icons';
import { MenuItem } from '../shell/menu';
import { Page } from '../shell/page';
import { Sheet } from '../shell/sheet';
import { Blank, Failed } from '../shell/states';
import { toast } from '../shell/toasts';
import { useStore } from '../store';
import type { Profile } from '../types';
import { EditProfile } from './edit';
import { Grid } from './grid';

function useProfile(handle: string) {
  const [profile, setProfile] = useState<Profile | null>(null);
  const [error, setError] = useState<unknown>(null);
  const person = useStore(me);
  const load = async () => {
    setError(null);
    try {
      setProfile(await api.profile(handle));
    } catch (thrown) {
      setError(thrown);
    }
  };
  useEffect(() => void load(), [handle, person]);
  return { profile: profile?.handle === handle ? profile : null, error, load, setProfile };
}

function Count({ value, text }: { value: number; text: string }) {
  return <li><strong>{compact(value)}</strong> <span>{text}</span></li>;
}

function Counts({ profile }: { profile: Profile }) {
  const { counts } = profile;
  return (
    <ul class="counts">
      <Count value={counts.videos} text={tn('count.clips', counts.videos)} />
      <Count value={counts.followers} text={tn('count.followers', counts.followers)} />
      <Count value={counts.following} text={t('count.following')} />
      <Count value={counts.likes} text={tn('count.profile_likes', counts.likes)} />
    </ul>
  );
}

async function unblock(profile: Profile, load: () => void): Promise<void> {
  try {
    await api.block(profile.handle, false);
    toast(t('act.unblocked_toast'));
    load();
  } catch (thrown) {
    toast(plainWords(thrown));
  }
}

function Acts({ profile, setProfile, edit, load }: {
  profile: Profile; setProfile: (profile: Profile) => void; edit: () => void; load: () => void;
}) {
  const [menu, setMenu] = useState(false);
  const close = () => setMenu(false);
  if (profile.self) {
    return (
      <div class="person__acts">
        <button class="button" type="button" onClick={edit}>{t('profile.edit')}</button>
        <a class="icon-button icon-button--boxed" href="/settings" aria-label={t('profile.settings')}><Icon name="gear" /></a>
        <button class="icon-button icon-button--boxed" type="button" aria-label={t('profile.link')} onClick={() => shareProfile(profile.handle, nameOf(profile))}><Icon name="share" /></button>
      </div>
    );
  }
  const follow = (on: boolean) => setProfile({
    ...profile, following: on, counts: { ...profile.counts, followers: profile.counts.followers + (on === profile.following ? 0 : on ? 1 : -1) },
  });
  return (
    <div class="person__acts">
      {profile.blocked
        ? <button class="button button--danger" type="button" onClick={() => void unblock(profile, load)}>{t('act.unblock')}</button>
        : <button class={`button ${profile.following ? '' : 'button--main'}`} type="button"
          onClick={() => setFollow(profile, !profile.following, follow)}>{t(profile.following ? 'act.following' : 'act.follow')}</button>}
      <button class="icon-button icon-button--boxed" type="button" aria-label={t('profile.link')} onClick={() => shareProfile(profile.handle, nameOf(profile))}><Icon name="share" /></button>
      <button class="icon-button icon-button--boxed" type="button" aria-label={t('act.options')} onClick={() => setMenu(true)}><Icon name="dots" /></button>
      {menu && (
        <Sheet title={t('act.options')} close={close} class="sheet--card">
          <ul class="menu">
            <MenuItem icon="flag" text={t('act.report')} onClick={() => { close(); openReport('account', profile.id); }} />
            {!profile.blocked && <MenuItem icon="block" text={t('act.block')} danger
              onClick={() => { close(); asSomeone('any', () => blockPerson(profile, load)); }} />}
          </ul>
        </Sheet>
      )}
    </div>
  );
}

type Tab = 'clips' | 'likes' | 'saves';

function Lists({ profile }: { profile: Profile }) {
  const [tab, setTab] = useState<Tab>('clips');
  const empty = {
    clips: profile.self ? (
      <Blank title={t('profile.empty_self')} text={t('profile.empty_self_text')}>
        <a class="button button--main" href="/upload">{t('upload.choose')}</a>
      </Blank>
    ) : <Blank icon="film" title={t('profile.empty_other')} />,
    likes: <Blank icon="heart" title={t('profile.empty_likes')} text={t('profile.empty_likes_text')} />,
    saves: <Blank icon="bookmark" title={t('profile.empty_saves')} text={t('profile.empty_likes_text')} />,
  };
  const keys = { clips: `profile:${profile.handle}`, likes: 'likes', saves: 'saves' };
  const tabs: { tab: Tab; text: string }[] = [
    { tab: 'clips', text: t('profile.clips') }, { tab: 'likes', text: t('profile.likes') }, { tab: 'saves', text: t('profile.saves') },
  ];
  return (
    <>
      {profile.self && (
        <div class="tabs" role="group" aria-label={t('profile.tabs')}>
          {tabs.map(each => (
            <button key={each.tab} type="button" aria-pressed={tab === each.tab} onClick={() => setTab(each.tab)}>{each.text}</button>
          ))}
        </div>
      )}
      <Grid key={tab} listKey={keys[tab]} empty={empty[tab]} />
    </>
  );
}

export function ProfilePage({ handle }: { handle: string }) {
  const { profile, error, load, setProfile } = useProfile(handle);
  const [editing, setEditing] = useState(false);
  const own = useStore(me)?.handle === handle;
  if (error) {
    const gone = error instanceof Problem && error.status === 404;
    return (
      <Page title={`@${handle}`} back>
        {gone ? <Blank icon="person" title={t('profile.gone')} text={t('profile.gone_text')} />
          : <Failed title={t('profile.error')} error={error} retry={() => void load()} />}
      </Page>
    );
  }
  if (!profile) {
    return <Page title={`@${handle}`} back={!own}><div class="person person--bone" role="status" aria-label={t('app.loading')}><i /><i /><i /></div></Page>;
  }
  return (
    <Page title={`@${handle}`} back={!profile.self}>
      <section class="person">
        <Avatar person={profile} size="l" />
        <h2 class="person__name"><bdi>{nameOf(profile)}</bdi></h2>
        <Counts profile={profile} />
        {isDemo(profile) && <p><span class="chip chip--demo">{t('feed.demo')}</span></p>}
        {profile.bio && <p class="person__bio" dir="auto">{profile.bio}</p>}
        <Acts profile={profile} setProfile={setProfile} edit={() => setEditing(true)} load={() => void load()} />
      </section>
      {profile.blocked ? <Blank icon="block" title={t('profile.blocked')} /> : <Lists profile={profile} />}
      {editing && <EditProfile close={() => setEditing(false)} />}
    </Page>
  );
}
