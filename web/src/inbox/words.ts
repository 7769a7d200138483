// What a notification says, and under which day it stands.
import { countryName, language, number, t, tn } from '../i18n';
import type { Notification, NotificationKind } from '../types';

const says: Record<NotificationKind, string> = {
  follow: 'inbox.say.follow', like: 'inbox.say.like', comment: 'inbox.say.comment', reply: 'inbox.say.reply',
  mention: 'inbox.say.mention', published: 'inbox.say.published', failed: 'inbox.say.failed', demand: 'inbox.say.demand',
};
const many: Partial<Record<NotificationKind, string>> = { like: 'inbox.say.like_many', comment: 'inbox.say.comment_many' };

/** Of a demand, what the server says in words of closed lists: asker, kind, outcome or -, rule, the demand, the day on which a hold ends or -. */
function askedBy(words: string): string {
  const [asker, kind, outcome, rule, , until] = words.split(' ') as [string, string, string, string, string, string];
  const what = t('inbox.say.demand', { asker: countryName(asker), kind: t(`desk.kind.${kind}`) });
  if (until !== '-') return `${what} ${t('inbox.say.demand_held', { day: new Date(until).toLocaleDateString(language().code, { dateStyle: 'medium', timeZone: 'UTC' }) })}`;
  if (outcome === '-') return `${what} ${t('inbox.say.demand_open')}`;
  return `${what} ${outcome === 'refused-by-rule' ? t('desk.outcome.refused-by-rule', { rule: number(Number(rule)) }) : t(`desk.outcome.${outcome}`)}`;
}

/** With {name} for the first of those who did it. */
export function saying(news: Notification, name: string): string {
  if (news.kind === 'demand' && news.reason) return askedBy(news.reason);
  const others = news.people - 1, together = many[news.kind];
  if (others > 0 && together) return tn(together, others, { name });
  return t(news.kind === 'mention' && !news.comment ? 'inbox.say.mention_caption' : says[news.kind], { name });
}

export type Day = 'today' | 'week' | 'earlier';
export const dayNames: Record<Day, string> = { today: 'inbox.day.today', week: 'inbox.day.week', earlier: 'inbox.day.earlier' };

export function dayOf(time: string, now = new Date()): Day {
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  const at = Date.parse(time);
  return at >= today ? 'today' : at >= today - 6 * 86_400_000 ? 'week' : 'earlier';
}

/** Each day's, in order, without days on which nothing happened. */
export function byDay(items: Notification[], now = new Date()): { day: Day; items: Notification[] }[] {
  return (['today', 'week', 'earlier'] as const)
    .map(day => ({ day, items: items.filter(item => dayOf(item.created, now) === day) }))
    .filter(group => group.items.length > 0);
}

/** A newer one of the same kind about the same clip takes the older one's place. */
export function withNews(items: Notification[], news: Notification): Notification[] {
  const bundled = news.kind === 'like' || news.kind === 'comment';
  const same = (item: Notification) =>
    item.id === news.id || (bundled && item.kind === news.kind && item.video?.id === news.video?.id);
  return [news, ...items.filter(item => !same(item))];
}

/** Where it leads. */
export function addressOf(news: Notification): string {
  if (news.comment && news.video) return `/v/${news.video.id}?comment=${news.comment.id}${news.comment.thread ? `&thread=${news.comment.thread}` : ''}`;
  if (news.video) return `/v/${news.video.id}`;
  if (news.kind === 'failed') return '/upload';
  if (news.kind === 'demand') return '/letter';
  return news.actors[0] ? `/@${news.actors[0].handle}` : '/inbox';
}
