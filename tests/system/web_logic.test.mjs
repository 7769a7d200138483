// The client's pure parts: addresses, words, which clips exist as video, what was watched.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSource } from './web_source.mjs';

const {
  createList, createStore, countries, doubleMs, eagerness, fill, handlePattern, holdMs, indexAt, isMounted, lastUsed, match, nextIndex,
  partAt, Press, Problem, readBoot, seekByKey, Signals, Speaker, ViewLog, wantsMore, Watch, WheelStepper,
} = await loadSource('router.ts', 'i18n.ts', 'api.ts', 'feed/window.ts', 'feed/press.ts', 'feed/seek.ts',
  'feed/wheel.ts', 'feed/views.ts', 'feed/signals.ts', 'lists.ts', 'limits.ts', 'store.ts', 'boot.ts', 'settings/used.ts');

test('each_address_of_the_app_has_its_screen', () => {
  assert.deepEqual(match('/'), { name: 'home' });
  assert.deepEqual(match('/settings/'), { name: 'settings' });
  assert.deepEqual(match('/@asha.films'), { name: 'profile', handle: 'asha.films' });
  assert.deepEqual(match('/@Asha'), { name: 'profile', handle: 'asha' });
  assert.deepEqual(match('/v/123456789012345678'), { name: 'video', id: '123456789012345678' });
});

test('addresses_of_the_server_are_left_to_it', () => {
  for (const path of ['/letter', '/media/x.mp4', '/api/v1/feed', '/@', '/@a', '/v/', '/v/12x', '/constructor', '/toString']) {
    assert.equal(match(path), null, path);
  }
});

const arabic = new Speaker({ code: 'ar', dir: 'rtl', reviewed: false }, {
  'n#zero': 'zero', 'n#one': 'one', 'n#two': 'two', 'n#few': 'few {count}', 'n#many': 'many {count}', 'n#other': 'other {count}',
});

test('arabic_counts_take_all_six_forms', () => {
  const first = count => arabic.count('n', count).split(' ')[0];
  assert.deepEqual([0, 1, 2, 3, 10, 11, 99, 100, 102, 103].map(first),
    ['zero', 'one', 'two', 'few', 'few', 'many', 'many', 'other', 'other', 'few']);
});

test('hindi_counts_nothing_as_one', () => {
  const hindi = new Speaker({ code: 'hi', dir: 'ltr', reviewed: false }, { 'n#one': 'one', 'n#other': 'other' });
  assert.deepEqual([0, 1, 2].map(count => hindi.count('n', count)), ['one', 'one', 'other']);
});

test('a_value_with_braces_or_dollars_is_said_as_it_is', () => {
  assert.equal(fill('Hi {name}', { name: '$& {name}' }, String), 'Hi $& {name}');
  assert.equal(fill('{missing}', {}, String), '{missing}');
});

test('a_session_of_the_last_hour_has_no_minutes', () => {
  const now = Date.parse('2026-03-01T10:59:00Z');
  assert.equal(lastUsed('2026-03-01T10:00:00Z', now), 'settings.session_used_now');
  assert.equal(lastUsed('2026-03-01T09:00:00Z', now), 'settings.session_used');
});

test('large_counts_are_short', () => {
  const english = new Speaker({ code: 'en', dir: 'ltr', reviewed: false }, { 'n#other': '{count} likes', 'n#one': '{count} like' });
  assert.equal(english.count('n', 12_840), '12.8K likes');
  assert.equal(english.count('n', 1), '1 like');
});

test('at_most_five_clips_exist_as_video', () => {
  for (const active of [0, 1, 7, 499]) {
    const mounted = Array.from({ length: 500 }, (_, index) => index).filter(index => isMounted(index, active));
    assert.ok(mounted.length <= 5 && mounted.includes(active));
  }
});

test('the_next_two_are_loaded_and_those_far_away_are_not', () => {
  assert.deepEqual([3, 4, 5, 6, 7, 8].map(index => eagerness(index, 5)), ['metadata', 'metadata', 'auto', 'auto', 'auto', 'none']);
});

test('the_next_page_is_asked_for_before_the_end', () => {
  assert.equal(wantsMore(3, 8), false);
  assert.equal(wantsMore(4, 8), true);
});

test('failing_clips_are_passed_over_in_both_directions', () => {
  const fails = index => index === 3 || index === 4;
  assert.equal(nextIndex(2, 1, 10, fails), 5);
  assert.equal(nextIndex(5, -1, 10, fails), 2);
  assert.equal(nextIndex(0, -1, 10, fails), 0);
  assert.equal(nextIndex(9, 1, 10, fails), 9);
  assert.equal(nextIndex(0, 1, 0, fails), 0);
});

test('the_clip_on_screen_is_the_one_that_covers_most_of_it', () => {
  assert.equal(indexAt(0, 800, 5), 0);
  assert.equal(indexAt(450, 800, 5), 1);
  assert.equal(indexAt(99_999, 800, 5), 4);
  assert.equal(indexAt(10, 0, 5), 0);
});

const turn = events => {
  const stepper = new WheelStepper();
  return events.map(([delta, time, mode = 0]) => stepper.push(delta, mode, time));
};

test('one_notch_of_a_wheel_is_one_step', () => {
  assert.deepEqual(turn([[120, 0], [120, 300], [-120, 600], [3, 900, 1]]), [1, 1, -1, 1]);
});

test('momentum_of_a_touchpad_is_not_a_second_step', () => {
  const flick = Array.from({ length: 60 }, (_, at) => [60 * 0.94 ** at, at * 16]);
  assert.equal(turn(flick).filter(Boolean).length, 1);
});

test('a_wheel_that_keeps_turning_keeps_stepping', () => {
  const steps = turn(Array.from({ length: 31 }, (_, at) => [100, at * 50])).filter(Boolean);
  assert.ok(steps.length >= 3 && steps.length <= 5, String(steps.length));
});

test('a_tremble_is_no_step', () => {
  assert.deepEqual(turn([[4, 0], [4, 400], [-4, 800]]), [0, 0, 0]);
});

test('only_moving_time_counts_as_watched', () => {
  const watch = new Watch();
  watch.play(1000);
  watch.play(1500);
  watch.stop(3000);
  watch.stop(9000);
  watch.play(10_000);
  assert.deepEqual(watch.take('7', 10_500), { video: '7', watched_ms: 2500, completed: false });
  assert.equal(watch.take('7', 11_000).watched_ms, 0);
});

const view = (video, watched_ms = 5) => ({ video, watched_ms, completed: false });

test('views_go_in_batches_and_none_for_what_did_not_move', async () => {
  const sent = [];
  const log = new ViewLog(async items => { sent.push(items.map(item => item.video)); }, 2);
  log.add(view('0', 0));
  log.add(view('1'));
  assert.deepEqual(sent, []);
  log.add(view('2'));
  assert.deepEqual(sent, [['1', '2']]);
});

test('views_survive_a_lost_link_but_not_a_refusal', async () => {
  const sent = [];
  let refusal = new Problem(0, 'network', '');
  const log = new ViewLog(async items => {
    if (refusal) throw refusal;
    sent.push(items.map(item => item.video));
  }, 50);
  log.add(view('1'));
  await log.flush();
  refusal = new Problem(400, 'invalid', '');
  log.add(view('2'));
  await log.flush();
  refusal = null;
  log.add(view('3'));
  await log.flush();
  assert.deepEqual(sent, [['3']]);
  refusal = new Problem(503, 'busy', '');
  log.add(view('4'));
  await log.flush();
  refusal = null;
  await log.flush();
  assert.deepEqual(sent, [['3'], ['4']]);
});

test('the_next_batch_waits_for_the_one_before_and_is_waited_for', async () => {
  const sent = [], answers = [];
  const log = new ViewLog(items => new Promise(resolve => answers.push(() => { sent.push(items.map(item => item.video)); resolve(); })), 50);
  log.add(view('1'));
  void log.flush();
  log.add(view('2'));
  const all = log.flush();
  answers.shift()();
  await new Promise(resolve => setTimeout(resolve));
  answers.shift()();
  await all;
  assert.deepEqual(sent, [['1'], ['2']]);
});

test('a_window_remembers_the_best_look_at_each_clip_and_not_for_long', () => {
  const kept = new Map();
  const store = { getItem: key => kept.get(key) ?? null, setItem: (key, text) => kept.set(key, text), removeItem: key => kept.delete(key) };
  const signals = new Signals(store);
  signals.saw({ video: '1', watched_ms: 9000, completed: true });
  signals.saw({ video: '1', watched_ms: 300, completed: false });
  signals.say('2', 'hide');
  signals.say('3', 'more');
  signals.say('3', undefined);
  assert.deepEqual(signals.told(), [{ video: '1', watched_ms: 9000, completed: true }, { video: '2', opinion: 'hide' }]);
  assert.deepEqual(new Signals(store).told(), signals.told(), 'a reload keeps it');
  for (let i = 10; i < 200; i++) signals.saw({ video: String(i), watched_ms: 1, completed: false });
  assert.equal(signals.told().length, 40);
  signals.forget();
  assert.deepEqual([signals.told(), kept.size], [[], 0]);
  kept.set('amanat.signals', '{"broken');
  assert.deepEqual(new Signals(store).told(), []);
});

test('what_was_put_away_comes_back_where_it_stood', async () => {
  const list = createList('feed', async () => ({ items: ['1', '2', '3', '4'].map(clip), next: null }));
  await list.loadMore();
  const before = list.state.get().ids;
  for (const id of ['1', '3']) list.drop(id);
  assert.deepEqual(list.state.get().ids, ['2', '4']);
  list.putBack(before, ['1', '3']);
  assert.deepEqual(list.state.get().ids, ['1', '2', '3', '4']);
});

const clip = id => ({ id, author: { id: '1' } });

test('a_list_repeats_no_clip_and_ends', async () => {
  const pages = { first: { items: [clip('1'), clip('2')], next: 'b' }, b: { items: [clip('2'), clip('3')], next: null } };
  const list = createList('feed', async cursor => pages[cursor ?? 'first']);
  await list.loadMore();
  assert.equal(list.state.get().status, 'more');
  await list.loadMore();
  await list.loadMore();
  assert.deepEqual(list.state.get().ids, ['1', '2', '3']);
  assert.equal(list.state.get().status, 'end');
});

test('a_page_that_fails_is_asked_for_again_and_keeps_the_rest', async () => {
  let fails = false;
  const list = createList('feed', async cursor => {
    if (fails) throw new Error('lost');
    return { items: [clip(cursor ?? '1')], next: '2' };
  });
  await list.loadMore();
  fails = true;
  await list.loadMore();
  assert.equal(list.state.get().status, 'error');
  assert.deepEqual(list.state.get().ids, ['1']);
  fails = false;
  await list.loadMore();
  assert.deepEqual(list.state.get().ids, ['1', '2']);
});

test('an_answer_to_a_list_that_began_anew_is_dropped', async () => {
  const answers = [];
  const list = createList('feed', () => new Promise(resolve => answers.push(resolve)));
  const old = list.loadMore();
  const fresh = list.restart();
  answers[1]({ items: [clip('new')], next: null });
  await fresh;
  answers[0]({ items: [clip('old')], next: null });
  await old;
  assert.deepEqual(list.state.get().ids, ['new']);
});

test('handles_follow_the_rule_of_the_server', () => {
  for (const good of ['ab', 'a_b.c9', '_a', 'a'.repeat(30)]) assert.ok(handlePattern.test(good), good);
  for (const bad of ['a', '.ab', 'ab.', 'Ab', 'a b', 'é1', 'a'.repeat(31)]) assert.ok(!handlePattern.test(bad), bad);
});

test('every_country_is_one_that_intl_can_name', () => {
  const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
  assert.equal(new Set(countries).size, countries.length);
  for (const code of countries) assert.ok(names.of(code), code);
});

test('followers_of_a_store_may_leave_while_it_tells', () => {
  const store = createStore(1);
  const seen = [];
  const leave = store.subscribe(() => { seen.push(store.get()); leave(); });
  store.set(2);
  store.set(3);
  assert.deepEqual(seen, [2]);
});

test('a_page_that_says_nothing_still_starts', () => {
  assert.equal(readBoot(null).node.sign_up, 'open');
  assert.deepEqual(readBoot('{"node":{"languages":["ar"]}}').languages, ['ar']);
  assert.equal(readBoot('{}').me, undefined);
  assert.equal(readBoot('{"me":null}').me, null);
});

/** Timers that go off when the test says so. */
function handClock() {
  const waiting = new Set();
  const later = (act, ms) => {
    const entry = { act, ms };
    waiting.add(entry);
    return () => waiting.delete(entry);
  };
  const pass = (ms) => { for (const entry of [...waiting]) if (entry.ms <= ms && waiting.delete(entry)) entry.act(); };
  return { later, pass };
}

function pressing(waits = true) {
  const did = [];
  const clock = handClock();
  const press = new Press({
    tap: () => did.push('tap'), again: () => did.push('again'), hold: on => did.push(on ? 'hold' : 'let go'), waits: () => waits,
  }, clock.later);
  const tap = (time, x = 100) => { press.down(x, 100, time); press.up(x, 100, time + 60); };
  return { press, did, pass: clock.pass, tap };
}

test('one_tap_pauses_after_the_wait_for_a_second', () => {
  const { did, tap, pass } = pressing();
  tap(0);
  assert.deepEqual(did, []);
  pass(doubleMs);
  assert.deepEqual(did, ['tap']);
});

test('a_tap_that_nothing_need_wait_for_acts_at_once', () => {
  const { did, tap } = pressing(false);
  tap(0);
  assert.deepEqual(did, ['tap']);
});

test('two_taps_like_and_do_not_pause_and_a_third_likes_again', () => {
  const { did, tap, pass } = pressing();
  tap(0);
  tap(150);
  tap(300);
  pass(doubleMs);
  assert.deepEqual(did, ['again', 'again']);
});

test('two_slow_or_distant_taps_are_two', () => {
  const slow = pressing(false);
  slow.tap(0);
  slow.tap(600);
  const distant = pressing(false);
  distant.tap(0);
  distant.tap(150, 300);
  assert.deepEqual([slow.did, distant.did], [['tap', 'tap'], ['tap', 'tap']]);
});

test('a_hold_ends_when_the_finger_leaves_and_is_no_tap', () => {
  const { press, did, pass } = pressing();
  press.down(100, 100, 0);
  pass(holdMs);
  press.move(180, 100);
  press.up(180, 100, 900);
  pass(doubleMs);
  assert.deepEqual(did, ['hold', 'let go']);
});

test('a_swipe_is_neither_tap_nor_hold', () => {
  const { press, did, pass } = pressing();
  press.down(100, 400, 0);
  press.move(100, 360);
  pass(holdMs);
  press.up(100, 200, 200);
  pass(doubleMs);
  assert.deepEqual(did, []);
});

test('a_hold_that_the_browser_takes_away_ends', () => {
  const { press, did, pass } = pressing();
  press.down(100, 100, 0);
  pass(holdMs);
  press.cancel();
  assert.deepEqual(did, ['hold', 'let go']);
});

test('the_bar_starts_where_reading_starts', () => {
  assert.deepEqual([partAt(50, 0, 200, false), partAt(50, 0, 200, true)], [0.25, 0.75]);
  assert.deepEqual([partAt(-9, 0, 200, false), partAt(900, 0, 200, false), partAt(5, 0, 0, false)], [0, 1, 0]);
});

test('arrow_keys_seek_in_reading_direction_and_stay_inside_the_clip', () => {
  assert.deepEqual([seekByKey('ArrowRight', 4, 10, false, 3), seekByKey('ArrowRight', 4, 10, true, 3)], [7, 1]);
  assert.deepEqual([seekByKey('ArrowLeft', 1, 10, false, 3), seekByKey('End', 1, 10, false, 3)], [0, 9.9]);
  assert.equal(seekByKey('ArrowDown', 1, 10, false, 3), null);
});

test('who_skips_through_a_clip_has_not_seen_it_whole', () => {
  const skipper = new Watch();
  skipper.reached(1, 10);
  skipper.sought(8);
  skipper.reached(9.9, 10);
  assert.equal(skipper.take('1').completed, false);
  const patient = new Watch();
  for (let second = 0.2; second < 10; second += 0.25) patient.reached(second, 10);
  assert.equal(patient.take('1').completed, true);
  const back = new Watch();
  back.reached(5, 10);
  back.sought(1);
  back.reached(1.2, 10);
  assert.equal(back.take('1').completed, false);
});

test('a_data_saver_loads_only_the_clip_on_screen', () => {
  assert.deepEqual([4, 5, 6, 7].map(index => eagerness(index, 5, true)), ['none', 'auto', 'none', 'none']);
});

test('a_list_at_its_end_finds_what_came_behind_it_and_keeps_its_place', async () => {
  const answers = [['1', '2'], ['2', '1', '3'], ['3', '2', '1']];
  const list = createList('feed', async () => ({ items: answers.shift().map(id => ({ id, author: { id: 'a' } })), next: null }));
  await list.loadMore();
  list.at = 1;
  await list.lookAgain();
  assert.deepEqual(list.state.get().ids, ['1', '2', '3']);
  assert.equal(list.at, 1);
  const before = list.state.get();
  await list.lookAgain();
  assert.equal(list.state.get(), before);
});
