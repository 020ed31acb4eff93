// The page of a running session: shows it, speaks it, and sends what the walker touches.
//
// It counts by its own clock: the server says when something changes, and pings say how this clock differs from the
// session's. All moments are milliseconds of the session's clock; `local` ones are of performance.now().
// docs/remote.md has the messages, docs/page.md the differences. The first half is pure, and tested on its own.

export const WORDS = { "warm-up": "WARM UP", backward: "BACKWARD", turn: "TURN", forward: "FORWARD", rest: "REST", "cool-down": "COOL DOWN" };
export const NAMES = { "warm-up": "warm up", backward: "backward", turn: "turn around", forward: "forward", rest: "rest", "cool-down": "cool down" };
export const SYMBOLS = { "warm-up": "△", backward: "▼", turn: "↻", forward: "▲", rest: "■", "cool-down": "▽" };
const ARROWS = { "warm-up": "▵△", backward: "▿▼", turn: "◀▶", forward: "▵▲", rest: "▫■", "cool-down": "▿▽" };
const PROTOCOL = 1;

/** Milliseconds by which two good clocks may drift apart in each millisecond. */
const DRIFT = 0.0002;
const OLDEST_SAMPLE = 60_000;

/** The session's clock, as estimated from pings; survives jumps and drift of both clocks. */
export class SessionClock {
  #samples = [];

  /** A ping that was sent and answered at these local moments; `at` is the session's moment in between. */
  add(sent, at, received) {
    const error = (received - sent) / 2;
    if (!(error >= 0) || !Number.isFinite(at)) return;
    const offset = at - (sent + received) / 2;
    const agrees = ({ offset: other, error: its, received: then }) =>
      Math.abs(offset - other) <= error + its + DRIFT * (received - then) + 1;
    // A sample that contradicts this one was taken before one of the clocks jumped.
    this.#samples = this.#samples.filter((sample) => received - sample.received < OLDEST_SAMPLE && agrees(sample));
    this.#samples.push({ offset, error, received });
  }

  get known() {
    return this.#samples.length > 0;
  }

  /** The offset to add to a local moment: that of the fastest ping; older ones count as less exact. */
  offset(local) {
    const doubt = (sample) => sample.error + DRIFT * Math.abs(local - sample.received);
    return this.#samples.reduce((best, each) => (doubt(each) <= doubt(best) ? each : best)).offset;
  }

  /** The session's moment at a local one. */
  at(local) {
    return local + this.offset(local);
  }

  /** The local moment at which the session's clock shows this. */
  local(moment, around) {
    return moment - this.offset(around);
  }
}

/** "1:05", or "1:01:05". */
export function clockTime(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** Where each interval of a workout begins, and where the last one ends, in milliseconds. */
export function boundaries(intervals) {
  const found = [0];
  for (const each of intervals) found.push(found.at(-1) + each.duration * 1000);
  return found;
}

/**
 * What is shown at a moment, and the moment at which that changes by itself (null: never).
 *
 * Without news it goes on by the schedule, as the session does. A turn that waits for the walker is not passed.
 */
export function view(workout, state, now) {
  const { intervals, ends, rate, waits } = workout;
  const total = ends.at(-1);
  const known = state.state;
  const since = state.runs_from === null ? 0 : (now - state.runs_from) * rate;
  const leads = known === "lead-in" && since < 0;
  const running = !leads && state.runs_from !== null;
  let position = Math.max(0, Math.min(total, state.position + (running ? Math.max(0, since) : 0)));
  let index = Math.min(state.index, intervals.length - 1);
  const holds = () => waits && intervals[index].phase === "turn";
  while (running && position >= ends[index + 1] && index < intervals.length - 1 && !holds()) index += 1;
  if (running) position = Math.min(position, ends[index + 1]);
  const name = known === "lead-in" && !leads ? "running" : known;
  const over = name === "finished" || name === "ended-early";
  const stopped = name === "paused" && state.reason === "bail-out";
  const rest = leads ? -since : ends[index + 1] - position;
  const seconds = Math.max(0, Math.ceil(rest / 1000));
  const phase = leads || !running ? state.phase : intervals[index].phase;
  const fixed = {
    ready: "READY", "lead-in": "READY", paused: stopped ? "STOPPED" : "PAUSED", finished: "COMPLETE", "ended-early": "ENDED",
  };
  const { round, rounds } = intervals[index];
  return {
    state: over ? "over" : stopped ? "stopped" : name,
    phase, index, position, total, over, seconds,
    changes: (leads || running) && seconds > 0 ? now + (rest - (seconds - 1) * 1000) / rate : null,
    word: fixed[name] || WORDS[phase],
    countdown: clockTime(seconds),
    urgent: (name === "running" || name === "lead-in") && seconds > 0 && seconds <= 3,
    still: name !== "running" && name !== "lead-in",
    left: Math.ceil((total - position) / 1000),
    following: intervals.slice(index + 1, index + 3),
    round: rounds ? `round ${round} of ${rounds}` : "",
    hint: hint(name, state, phase),
  };
}

function hint(name, state, phase) {
  if (name === "holding") return "turn around, then touch I HAVE TURNED";
  if (name === "lead-in") return `next: ${NAMES[phase]}`;
  if (name !== "paused") return "";
  return {
    "bail-out": "hold the rail, step off; your session is kept",
    sleep: "paused when the computer went to sleep",
    stopped: "paused while the program was stopped",
    belt: "paused when the belt stopped",
    turning: "paused so that you can turn around",
    interrupted: "picked up where you stopped",
  }[state.reason] || "";
}

const KMH_PER_MPH = 1.609344;

/** A number with so many decimals; a tie goes to the even digit, as on the screen. */
export function fixed(value, decimals) {
  const scaled = Math.floor(value * 10 ** decimals);
  const tie = Math.abs((value * 2 ** (decimals + 1)) % 2) === 1;
  return tie ? ((scaled % 2 ? scaled + 1 : scaled) / 10 ** decimals).toFixed(decimals) : value.toFixed(decimals);
}

/**
 * What sensors measure at a moment, in the words of the screen, whether something is missing, and the moment at which
 * that changes without news (null: never). A value that is too old is not known.
 */
export function measuredView(measured, now, imperial) {
  if (!measured?.belt && !measured?.heart) return { parts: [], missing: false, changes: null };
  const { belt, heart, metres } = measured;
  const values = [measured.speed_kmh, measured.incline_percent, measured.heart_rate];
  const [speed, incline, rate] = values.map((each) => (each && each.until >= now ? each : null));
  const untils = [speed, incline, rate].filter(Boolean).map(({ until }) => until + 1);
  const [length, unit] = imperial ? [KMH_PER_MPH, ["mph", "mi"]] : [1, ["km/h", "km"]];
  const level = incline ? fixed(incline.value, 1) : "0.0";
  const parts = [
    belt && (speed ? `belt ${fixed(speed.value / length, 1)} ${unit[0]}` : belt.state === "ok" ? "belt: no speed" : `belt ${belt.state}`),
    rate ? `${Math.round(rate.value)} bpm` : heart && (heart.state === "ok" ? "heart: no rate" : `heart ${heart.state}`),
    metres ? `${fixed(metres / 1000 / length, 2)} ${unit[1]}` : null,
    Number(level) ? `incline ${level} %` : null,
  ];
  return {
    parts: parts.filter(Boolean),
    missing: Boolean((belt && !speed) || (heart && !rate)),
    changes: untils.length ? Math.min(...untils) : null,
  };
}

/** Milliseconds to wait before the next try to connect: half a second to five, never two pages in step. */
export function backOff(tries, random = Math.random()) {
  return Math.min(5000, 500 * 2 ** Math.min(tries, 10)) * (0.75 + random / 2);
}

/**
 * The clock of the sound output: what is given to it for one of its moments is heard then. A single reading is inexact by
 * some milliseconds, so the median of several counts, until the output has stood still for a while and they all differ.
 */
export class OutputClock {
  #readings = [];

  /** A reading: local milliseconds, and seconds of the output at the same time. Returns whether the output has jumped. */
  add(local, seconds) {
    const reading = local - seconds * 1000;
    const before = this.offset;
    const last = this.#readings.slice(-2);
    const jumped = last.length === 2 && [...last, reading].every((each) => Math.abs(each - reading) < 4 && Math.abs(each - before) > 12);
    this.#readings = jumped ? [...last, reading] : [...this.#readings.slice(-14), reading];
    return jumped;
  }

  reset() {
    this.#readings = [];
  }

  get offset() {
    const ordered = [...this.#readings].sort((one, other) => one - other);
    return ordered[Math.floor(ordered.length / 2)];
  }

  /** The output's moment, in seconds, that is heard at a local one. */
  seconds(local) {
    return (local - this.offset) / 1000;
  }
}

const GLYPHS = {
  "0": ".####. ##..## ##..## ##..## ##..## ##..## .####.",
  "1": "..##.. .###.. ..##.. ..##.. ..##.. ..##.. ######",
  "2": ".####. ##..## ....## ...##. ..##.. .##... ######",
  "3": ".####. ##..## ....## ..###. ....## ##..## .####.",
  "4": "...##. ..###. .####. ##.##. ###### ...##. ...##.",
  "5": "###### ##.... #####. ....## ....## ##..## .####.",
  "6": ".####. ##.... ##.... #####. ##..## ##..## .####.",
  "7": "###### ....## ...##. ...##. ..##.. ..##.. ..##..",
  "8": ".####. ##..## ##..## .####. ##..## ##..## .####.",
  "9": ".####. ##..## ##..## .##### ....## ....## .####.",
  ":": ".. ## ## .. ## ## ..",
};

/** The path and the width of a time in the letters of the screen: 7 rows, each so many columns high. */
export function pixels(text, high = 1) {
  let [path, x] = ["", 0];
  for (const letter of text) {
    const rows = GLYPHS[letter].split(" ");
    rows.forEach((row, y) => {
      for (const { 0: run, index } of row.matchAll(/#+/g)) {
        path += `M${x + index} ${(y + 0.02) * high}h${run.length}v${0.96 * high}h-${run.length}z`;
      }
    });
    x += rows[0].length + 1;
  }
  return { path, width: x - 1 };
}

// ---- sound ----------------------------------------------------------------------------------------------------------

/** Milliseconds that cues are given to the audio clock ahead: later, the estimate of the clocks is better. */
const AHEAD = 3000;
const STALE = 1500;
/** Milliseconds between two readings of the output's clock. */
const READING = 150;

/** Plays the cues of the session at their moments. */
export class Speaker {
  #context = null;
  #gain = null;
  #buffers = new Map();
  #waiting = [];
  #placed = [];
  #voices = [];
  #spans = [];
  #clicks = [];
  #clicked = 0;
  #output = new OutputClock();
  #reading = 0;

  constructor(clock, load) {
    this.clock = clock;
    this.load = load; // the bytes of a clip
    this.on = false;
    this.wordGap = 0.12;
    this.labelled = () => {};
    this.muted = false;
    this.soundsVolume = 1;
    this.voiceVolume = 1;
  }

  /** Start; must be called by a touch, or browsers stay silent. */
  async start(volume) {
    this.#context ??= new AudioContext({ latencyHint: "interactive" });
    if (!this.#gain) {
      this.#gain = this.#context.createGain();
      this.#gain.connect(this.#context.destination);
    }
    this.volume = volume;
    await this.#context.resume();
    this.on = this.#context.state === "running";
    this.#output.reset();
    clearInterval(this.#reading);
    this.#reading = setInterval(() => { if (this.works && this.#read()) { this.#again(); this.schedule(); } }, READING);
    this.schedule();
    return this.on;
  }

  stop() {
    this.on = false;
    clearInterval(this.#reading);
    this.#silence();
    this.#context?.suspend();
  }

  get works() {
    return this.on && this.#context.state === "running";
  }

  set volume(share) {
    if (this.#gain) this.#gain.gain.value = share;
  }

  take(cues) {
    for (const cue of cues) {
      this.#waiting.push(cue);
      if (this.on) for (const name of clips(cue)) this.#buffer(name);
    }
    this.schedule();
  }

  cancel(sounding) {
    this.#waiting = [];
    const now = this.#context?.currentTime ?? 0;
    for (const each of this.#placed) if (sounding || each.from > now) each.fade(now);
    this.#placed = sounding ? [] : this.#placed.filter((each) => each.from <= now);
    if (sounding) globalThis.speechSynthesis?.cancel();
  }

  #silence() {
    const now = this.clock.known ? this.clock.at(performance.now()) : 0;
    const coming = [...this.#placed.map((each) => each.cue), ...this.#waiting].filter((cue) => cue.due > now);
    this.cancel(true);
    this.#waiting = coming; // for the next touch
    this.click(this.#spans);
  }

  /** Click in these spans of time instead of all earlier ones. */
  click(spans, later = false) {
    this.#spans = spans;
    this.#clicked = 0;
    for (const { source, moment } of this.#clicks) if (moment > this.clock.at(performance.now())) source.stop();
    this.#clicks = [];
    if (!later) this.schedule();
  }

  /** Place what is due soon; a page that nobody sees has slow timers, and places everything. */
  schedule() {
    if (!this.works || !this.clock.known) return;
    if (this.#read()) this.#again();
    const now = this.clock.at(performance.now());
    const until = globalThis.document?.hidden ? Infinity : now + AHEAD;
    const due = this.#waiting.filter((cue) => cue.due <= until);
    this.#waiting = this.#waiting.filter((cue) => cue.due > until);
    for (const cue of due.sort((one, other) => one.due - other.due)) this.#place(cue);
    this.#placed = this.#placed.filter((each) => each.until > this.#context.currentTime);
    this.#placeClicks(now, Math.min(until, now + 20_000));
  }

  async #placeClicks(now, until) {
    const moments = this.#spans.flatMap((span) => clickMoments(span, Math.max(now, this.#clicked), until));
    if (!moments.length || this.muted) return;
    this.#clicked = until;
    const [spans, buffer] = [this.#spans, await this.#buffer("sounds/step")];
    if (!buffer || !this.works || spans !== this.#spans) return;
    const local = performance.now();
    this.#clicks = this.#clicks.filter(({ moment }) => moment > now);
    for (const moment of moments) {
      const { source } = this.#source(buffer, this.soundsVolume, Math.max(0, this.#output.seconds(this.clock.local(moment, local))));
      this.#clicks.push({ source, moment });
    }
  }

  #source(buffer, volume, at) {
    const [source, level] = [this.#context.createBufferSource(), this.#context.createGain()];
    source.buffer = buffer;
    level.gain.value = volume;
    source.connect(level).connect(this.#gain);
    source.start(at);
    return { source, level, at };
  }

  async #place(cue) {
    const started = { cue, cancelled: false, from: Infinity, until: Infinity, nodes: [], fade: () => { started.cancelled = true; } };
    this.#placed.push(started);
    let buffers;
    try {
      buffers = await Promise.all(clips(cue).map((name) => this.#buffer(name)));
    } catch {
      buffers = [];
    }
    const local = performance.now();
    if (started.cancelled || !this.works || (this.muted && cue.kind !== "sound") || this.clock.at(local) - cue.due > STALE) {
      started.until = 0;
      return;
    }
    let at = Math.max(this.#context.currentTime, this.#output.seconds(this.clock.local(cue.due, local)));
    started.from = at;
    const words = cue.clips.length || cue.label;
    if (words) this.#hush(at);
    const kinds = clips(cue).map((name) => name.startsWith("sounds/"));
    buffers.forEach((buffer, number) => {
      if (!buffer) return;
      if (number && !kinds[number - 1]) at += this.wordGap;
      const node = this.#source(buffer, kinds[number] ? this.soundsVolume : this.voiceVolume, at);
      started.nodes.push(node);
      if (!kinds[number]) this.#voices.push(node);
      at += buffer.duration;
    });
    started.until = at;
    started.fade = (moment) => started.nodes.forEach((node) => fade(node, moment));
    if (cue.label) this.labelled(cue.label, at - this.#context.currentTime);
  }

  /** Later words end earlier ones: two voices at once are understood by nobody. */
  #hush(at) {
    for (const node of this.#voices) fade(node, at);
    this.#voices = [];
  }

  /** Read the clock of the output; returns whether it has jumped. */
  #read() {
    const stamp = this.#context.getOutputTimestamp?.();
    if (stamp?.performanceTime > 0 && stamp.contextTime > 0) return this.#output.add(stamp.performanceTime, stamp.contextTime);
    return this.#output.add(performance.now(), this.#context.currentTime - (this.#context.outputLatency || 0));
  }

  /** Place again what has been placed and has not begun. */
  #again() {
    const now = this.#context.currentTime;
    const coming = this.#placed.filter((each) => each.from > now && each.from < Infinity);
    this.#placed = this.#placed.filter((each) => !coming.includes(each));
    for (const each of coming) each.fade(now);
    this.#waiting.push(...coming.map((each) => each.cue));
    this.click(this.#spans, true);
  }

  #buffer(name) {
    if (!this.#buffers.has(name)) {
      const loading = this.load(name).then((bytes) => this.#context.decodeAudioData(bytes));
      loading.catch(() => this.#buffers.delete(name)); // the next cue tries again
      this.#buffers.set(name, loading.catch(() => null));
    }
    return this.#buffers.get(name);
  }
}

/** The moments of a span's clicks from `start` until `end`; each is computed from the first, so that none drifts. */
export function clickMoments({ tempo, begin, until }, start, end) {
  const found = [];
  for (let number = Math.max(0, Math.ceil(((start - begin) * tempo) / 60_000)); ; number += 1) {
    const moment = begin + (number * 60_000) / tempo;
    if (moment >= Math.min(end, until)) return found;
    found.push(moment);
  }
}

function clips(cue) {
  return [...(cue.sound ? [`sounds/${cue.sound}`] : []), ...cue.clips.map((clip) => `voice/${clip}`)];
}

function fade({ source, level, at }, moment) {
  if (at >= moment) {
    source.stop();
    return;
  }
  level.gain.setValueAtTime(level.gain.value, moment);
  level.gain.linearRampToValueAtTime(0, moment + 0.008);
  source.stop(moment + 0.02);
}

// ---- the page -------------------------------------------------------------------------------------------------------

const PING_MS = 2000;
const SILENT_MS = 6500;
const CONNECT_MS = 5000;
const STOP = "bail_out";
/** Milliseconds after which a connection on which an action gets no answer counts as lost. */
const ANSWER_MS = 3000;
/** Milliseconds for which a stop that got no answer is sent again: done twice, it changes nothing. */
const STOP_KEPT_MS = 15_000;
const VIBRATIONS = { backward: [400, 150, 400], forward: [200], turn: [150, 100, 150, 100, 150], "warm-up": [200], "cool-down": [600], rest: [600] };
/** Two seconds of nothing, 16 pixels wide, as dark as the page: recorded from a canvas by MediaRecorder, H.264. */
const VIDEO = "data:video/mp4;base64,AAAAJGZ0eXBpc29tAAACAGlzb21pc282aXNvMmF2YzFtcDQxAAACym1vb3YAAAB4bXZoZAEAAAAAAAAA5zJQsgAAAADnMlCyAAAD6AAAAAAAAAfxAAEAAAEAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAQAAAAAAAAAAAAAAAAAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIAAAIidHJhawAAAGh0a2hkAQAAAwAAAADnMlCyAAAAAOcyULIAAAABAAAAAAAAAAAAAAfxAAAAAAAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAQAAAAAAAAAAAAAAAAAAQAAAAAAQAAAAEAAAAAABsm1kaWEAAAAsbWRoZAEAAAAAAAAA5zJQsgAAAADnMlCyAAB1MAAAAAAAAAfxVcQAAAAAAC1oZGxyAAAAAAAAAAB2aWRlAAAAAAAAAAAAAAAAVmlkZW9IYW5kbGVyAAAAAVFtaW5mAAAAFHZtaGQAAAABAAAAAAAAAAAAAAAlZGluZgAAAB1kcmVmAAAAAAAAAAEAAAANdXJsIAAAAAEAAAABEHN0YmwAAAAQc3RzYwAAAAAAAAAAAAAAEHN0dHMAAAAAAAAAAAAAABRzdHN6AAAAAAAAAAAAAAAAAAAAEHN0Y28AAAAAAAAAAAAAAMRzdHNkAAAAAAAAAAEAAAC0YXZjMQAAAAAAAAABAAAAAQAAAAAAAAAAAAAAAAAQABAASAAAAEgAAAAAAAAAAQtBVkMxIENvZGluZwAAAAAAAAAAAAAAAAAAAAAAAAAAABj//wAAABBwYXNwAAAAAQAAAAEAAAAUYnRydAAAAAAAAAAAAAAAAAAAACdhdmNDAULACv/hABBnQsAKjI1OTcBDQEHhEI1AAQAEaM48gAAAABNjb2xybmNseAABAA0AAYAAAAAobXZleAAAACB0cmV4AAAAAAAAAAEAAAABAAAAAAAAAAAAAAAAAAAAuG1vb2YAAAAQbWZoZAAAAAAAAAABAAAAoHRyYWYAAAAUdGZoZAACACAAAAABAQEAAAAAABR0ZmR0AQAAAAAAAAAAAAAAAAAAcHRydW4BAAMFAAAACwAAAMACAAAAAAAXdAAAABQAABduAAAADQAAF3EAAAANAAAXcwAAAA0AABdqAAAADQAAF3IAAAANAAAXbQAAAA0AABesAAAADQAAFzYAAAANAAAXbwAAAA0AAAPnAAAADQAAAJ5tZGF0AAAAEGW4AAQAAAQ///4IooABv3wAAAAJYeAAQAC+QEOoAAAACWHgAIABPkBbqAAAAAlh4ADAAb5Ac6gAAAAJYeABAAI+QCDqAAAACWHgAUACvkAg6gAAAAlh4AGAAz5AIOoAAAAJYeABwAO+QCDqAAAACWHgAgAEPkAg6gAAAAlh4AJABL5AIOoAAAAJYeACgAU+QCDqAAAATG1mcmEAAAA0dGZyYQEAAAAAAAABAAAAPwAAAAEAAAAAAAAAAAAAAAAAAALuAAAAAQAAAAEAAAABAAAAEG1mcm8AAAAAAAAATA==";

class Page {
  #socket = null;
  #tries = 0;
  #heard = 0;
  #pings = new Map();
  #number = 0;
  #asked = 0;
  #unanswered = new Map();
  #stop = -Infinity;
  #full = "";
  #timer = null;
  #retry = null;
  #drawn = {};
  #notice = null;

  constructor(body) {
    this.body = body;
    this.clock = new SessionClock();
    this.secret = new URLSearchParams(location.hash.slice(1)).get("key") || "";
    this.speaker = new Speaker(this.clock, (name) => this.#clip(name));
    this.speaker.labelled = (text, seconds) => this.#say(text, seconds);
    this.workout = null;
    this.state = null;
    this.measured = null;
    this.may = null;
    this.summary = null;
    this.session = null;
    this.over = false;
  }

  start() {
    for (const button of document.querySelectorAll("button[data-action]")) {
      button.addEventListener("click", () => this.#act(button));
    }
    $("speak").addEventListener("click", () => this.#toggleSound());
    $("both").addEventListener("click", () => { this.together = !this.together; this.#claim(); this.#showSound(); });
    $("volume").addEventListener("input", () => { this.speaker.volume = $("volume").value / 100; });
    for (const name of ["pointerdown", "keydown"]) addEventListener(name, () => this.#keepAwake());
    const back = () => { if (!document.hidden) { this.#keepAwake(); this.#wake(); } };
    document.addEventListener("visibilitychange", back);
    for (const name of ["pageshow", "online", "focus"]) addEventListener(name, back);
    addEventListener("hashchange", () => location.reload());
    setInterval(() => this.#tend(), 1000);
    setInterval(() => this.#ping(), PING_MS);
    new ResizeObserver(() => { if (this.#drawn.countdown) this.#drawCountdown(this.#drawn.countdown); }).observe($("countdown"));
    this.#questions();
    this.#keepAwake();
    this.#connect();
  }

  // -- the connection

  #connect() {
    clearTimeout(this.#retry);
    this.#retry = null;
    if (!this.secret) {
      this.#link("NO KEY IN THE LINK: scan the code again, or copy the whole address");
      this.body.dataset.link = "refused";
      return;
    }
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/session`);
    this.#socket = socket;
    this.#heard = performance.now() - SILENT_MS + CONNECT_MS;
    socket.onopen = () => this.#send({ is: "hello", protocol: PROTOCOL, key: this.secret, name: device() });
    socket.onmessage = (event) => { if (socket === this.#socket) this.#receive(JSON.parse(event.data)); };
    socket.onclose = (event) => { if (socket === this.#socket) this.#lost(event); };
  }

  #lost(event) {
    this.#socket = null;
    this.#pings.clear();
    this.speaker.cancel(true); // the computer speaks again
    for (const [id, { name }] of this.#unanswered) this.#undone(id, name, "that may not have been done");
    this.#unanswered.clear();
    const refused = { 4401: "THIS LINK IS NO LONGER VALID: scan the code of the running session", 4400: "THIS PAGE IS OUT OF DATE: load it again" }[event.code];
    if (refused) {
      this.body.dataset.link = "refused";
      if (!this.over) this.#link(refused);
      return;
    }
    this.body.dataset.link = "lost";
    if (!this.over) this.#link(this.#full || (this.state ? "NO CONNECTION: still counting" : "NO CONNECTION: trying again"));
    this.#retry = setTimeout(() => this.#connect(), this.over ? 5000 : backOff(this.#tries));
    this.#tries += 1;
    this.draw();
  }

  #drop() {
    const socket = this.#socket;
    if (!socket) return;
    socket.close();
    this.#lost({ code: 0 }); // a dead connection takes its time to close
  }

  #wake() {
    if (this.#retry) {
      this.#connect();
    } else {
      for (const delay of [0, 100, 250, 500]) setTimeout(() => this.#ping(), delay); // the clock may have stood still
    }
    this.draw();
  }

  #tend() {
    this.speaker.schedule();
    const [now, [first]] = [performance.now(), this.#unanswered.values()];
    if (this.#socket && (now - this.#heard > SILENT_MS || now - first?.at > ANSWER_MS)) this.#drop();
    if (this.speaker.on && !this.speaker.works) this.#speak(false); // another app has taken the sound
  }

  #ping() {
    if (this.#socket?.readyState !== WebSocket.OPEN || this.may === null) return;
    this.#number += 1;
    this.#pings.set(this.#number, performance.now()); // its key comes back as `sent`
    if (this.#pings.size > 8) this.#pings.delete(this.#pings.keys().next().value);
    this.#send({ is: "ping", sent: this.#number });
  }

  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  // -- what the server says

  #receive(message) {
    const received = performance.now();
    this.#heard = received;
    switch (message.is) {
      case "page": this.#admitted(message, received); break;
      case "hello": this.session = message; this.measured = null; break;
      case "pong": {
        const sent = this.#pings.get(message.sent);
        this.#pings.delete(message.sent);
        if (sent !== undefined) this.clock.add(sent, message.at, received);
        this.speaker.schedule();
        break;
      }
      case "schedule": {
        const { rate, rules, name } = this.session;
        this.workout = { ...message, name, rate, waits: rules.wait_at_turns, ends: boundaries(message.intervals) };
        this.#drawProfile();
        break;
      }
      case "state": this.#stateIs(message); this.#stopAgain(); break;
      case "measured": this.measured = message; break;
      case "cues": this.speaker.take(message.cues); break;
      case "cancel": this.speaker.cancel(message.sounding); break;
      case "clicks": this.speaker.click(message.spans); break;
      case "answer": this.#answered(message); break;
      case "beat": if (this.speaker.on) this.#claim(); return;
      case "yield": this.speaker.stop(); this.#showSound(); break; // another device was touched later
      case "walked": this.#showSummary(message); break;
      case "bye": this.#bye(message); break;
      default: return; // from a newer server
    }
    this.draw();
  }

  /** The key was accepted: what this page may do, and how loud the clips are. */
  #admitted(message, received) {
    this.#tries = 0;
    this.#full = "";
    this.may = message.may;
    this.name = message.name;
    this.over = false;
    this.body.dataset.link = "open";
    this.body.dataset.may = message.may;
    $("keys").hidden = message.may !== "steer";
    $("link").hidden = true;
    this.clock.add(received, message.at, received);
    Object.assign(this.speaker, {
      wordGap: message.word_gap / 1000, soundsVolume: message.sounds_volume / 100, voiceVolume: message.voice_volume / 100,
    });
    this.speaker.cancel(true);
    for (const delay of [0, 60, 150, 300, 600]) setTimeout(() => this.#ping(), delay);
    if (this.speaker.on) this.#claim();
  }

  #stateIs(state) {
    this.state = state;
    const over = state.state === "finished" || state.state === "ended-early";
    if (!over && this.summary) {
      this.summary = null;
      $("summary").hidden = true;
      $("session").inert = false;
    }
    const { sound } = state;
    const here = this.speaker.on && sound.speaker === this.name;
    const who = here ? `here (${this.name})` : sound.speaker;
    const parts = [`sound: ${sound.muted ? "muted" : who || sound.state}`];
    if (sound.speaker && !sound.alone) parts.push("and the computer");
    if (sound.missed) parts.push(`${sound.missed} missed`);
    this.#text("sound", parts.join(", "));
    this.speaker.muted = sound.muted;
  }

  #bye({ why, over }) {
    this.over = over;
    this.#full = this.may === null ? why : "";
    this.speaker.cancel(true);
    if (over && !this.summary) this.body.dataset.state = "gone";
    if (over) this.#link(`THE SESSION IS OVER. ${why}`);
  }

  #link(text) {
    $("link").textContent = text;
    $("link").hidden = false;
  }

  // -- what the walker does

  #act(button) {
    this.#number += 1;
    button.classList.add("sent");
    setTimeout(() => button.classList.remove("sent"), 150);
    navigator.vibrate?.(30);
    this.#request({ is: "action", id: this.#number, name: button.dataset.action });
  }

  /** Send what the walker wants, which is answered or reported as not done. */
  #request(message) {
    if (this.#socket?.readyState !== WebSocket.OPEN) {
      this.#undone(message.id, message.name, "that was not done");
      return;
    }
    this.#unanswered.set(message.id, { name: message.name, at: performance.now() });
    this.#send(message);
  }

  /** Send a stop that got no answer again, now that the session answers: its state has just come. */
  #stopAgain() {
    const since = performance.now() - this.#stop;
    this.#stop = -Infinity;
    if (since < STOP_KEPT_MS && this.state.state !== "stopped") this.#request({ is: "action", id: (this.#number += 1), name: STOP });
  }

  #undone(id, name, what) {
    if (id === this.#asked) {
      $("kept").textContent = "Not kept: no connection.";
      return;
    }
    if (name === STOP) {
      this.#stop = performance.now();
      what = `STOP will be sent if it is back within ${STOP_KEPT_MS / 1000} s`;
    }
    this.#note(`NO CONNECTION: ${what}. Use the keys of the computer.`, true);
  }

  #answered({ id, done, why }) {
    this.#unanswered.delete(id);
    if (id === this.#asked) {
      $("kept").textContent = done ? "Kept." : `Not kept: ${why}`;
    } else if (!done) {
      this.#note(why, true);
      navigator.vibrate?.([60, 60, 60]);
    }
  }

  #note(text, refused) {
    clearTimeout(this.#notice?.ends);
    this.#notice = { text, refused, ends: setTimeout(() => { this.#notice = null; this.draw(); }, 4000) };
    this.draw();
  }

  async #toggleSound() {
    if (this.speaker.on) return this.#speak(false);
    try {
      if (await this.speaker.start($("volume").value / 100)) return this.#speak(true);
    } catch { /* said below */ }
    return this.#note("This browser plays no sound.", true);
  }

  #speak(on) {
    if (!on) this.speaker.stop();
    if (this.may === "steer") this.#send({ is: "speaker", on, alone: !this.together });
    this.#showSound();
  }

  /** Say that this device speaks, for as long as it does: otherwise the computer takes over. */
  #claim() {
    if (this.speaker.works && this.may === "steer") this.#send({ is: "speaker", on: true, alone: !this.together });
  }

  #showSound() {
    $("speak").setAttribute("aria-pressed", String(this.speaker.on));
    $("loudness").hidden = !this.speaker.on;
    $("both").hidden = !this.speaker.on || this.may !== "steer";
    $("both").setAttribute("aria-pressed", String(Boolean(this.together)));
  }

  async #clip(name) {
    const answer = await fetch(`/clips/${name}`, { headers: { Authorization: `Bearer ${this.secret}` } });
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    return answer.arrayBuffer();
  }

  #say(text, seconds) {
    if (!globalThis.speechSynthesis) return;
    setTimeout(() => { if (this.speaker.works) speechSynthesis.speak(new SpeechSynthesisUtterance(text)); }, seconds * 1000);
  }

  // -- the screen stays on

  async #keepAwake() {
    const video = $("awake");
    video.src ||= VIDEO;
    try {
      if (video.paused) await video.play();
    } catch { /* the next touch tries again */ }
    try {
      if (navigator.wakeLock && !document.hidden && (!this.lock || this.lock.released)) this.lock = await navigator.wakeLock.request("screen");
    } catch { /* only where there is HTTPS, and not with an empty battery */ }
  }

  // -- drawing

  draw() {
    clearTimeout(this.#timer);
    if (!this.workout || !this.state || !this.clock.known) return;
    const now = this.clock.at(performance.now());
    const shown = view(this.workout, this.state, now + 0.5);
    const data = this.body.dataset;
    data.phase = shown.phase;
    data.state = shown.state;
    this.body.toggleAttribute("data-urgent", shown.urgent);
    this.body.toggleAttribute("data-still", shown.still);
    this.#text("name", this.workout.name);
    this.#text("round", shown.round);
    this.#text("left", `${clockTime(shown.left)} left`);
    this.#text("word", shown.word);
    if (this.#changed("countdown", shown.countdown)) this.#drawCountdown(shown.countdown);
    if (this.#changed("arrows", `${shown.phase} ${shown.seconds} ${shown.still}`)) drawArrows(shown);
    const caption = this.#notice ? this.#notice.text : shown.hint || this.state.caption || "";
    this.#text("caption", caption);
    $("caption").toggleAttribute("data-refused", Boolean(this.#notice?.refused));
    const following = shown.following.map(({ phase, duration }) => `${SYMBOLS[phase]} ${NAMES[phase]} ${clockTime(duration)}`);
    this.#text("next", shown.over ? "" : `next ${following[0] || "finish"}`);
    this.#text("then", following[1] && !shown.over ? `then ${following[1]}` : "");
    $("turned").hidden = shown.state !== "holding";
    const goes = shown.state === "paused" || shown.state === "stopped";
    if (this.#changed("pause", goes)) {
      $("pause").innerHTML = goes ? "<b>▶</b><span>resume</span>" : "<b>❚❚</b><span>pause</span>";
    }
    this.#drawHere(shown);
    this.#tell(shown);
    const changes = [shown.changes, this.#drawMeasured(shown, now)].filter((each) => each !== null);
    if (changes.length) this.#timer = setTimeout(() => this.draw(), Math.max(1, Math.min(...changes) - now));
  }

  /** Draw what sensors measure; returns when that changes without news. */
  #drawMeasured(shown, now) {
    const { parts, missing, changes } = measuredView(shown.over ? null : this.measured, now, this.session?.imperial);
    $("measured").hidden = !parts.length;
    $("measured").toggleAttribute("data-missing", missing);
    if (!this.#changed("measured", parts.join("\n"))) return changes;
    $("measured").replaceChildren(...parts.map((part) => {
      const shownPart = document.createElement("span");
      shownPart.textContent = part;
      return shownPart;
    }));
    return changes;
  }

  #changed(name, value) {
    const changed = this.#drawn[name] !== value;
    this.#drawn[name] = value;
    return changed;
  }

  #text(id, text) {
    if (this.#changed(id, text)) $(id).textContent = text;
  }

  #drawCountdown(countdown) {
    const { clientWidth, clientHeight } = $("countdown");
    const columns = pixels(countdown).width + 2;
    const high = Math.min(2.2, Math.max(1, (clientHeight / 8) * (columns / (clientWidth || 1))));
    const { path } = pixels(countdown, high);
    $("digits").setAttribute("viewBox", `-1 ${-0.5 * high} ${columns} ${8 * high}`);
    $("pixels").setAttribute("d", path);
    $("countdown").setAttribute("aria-label", countdown);
    $("countdown").dataset.shown = countdown;
  }

  /** Announce a change of phase or state to screen readers, and by vibration. */
  #tell({ state, phase, word, seconds }) {
    const what = `${state} ${phase}`;
    if (!this.#changed("told", what)) return;
    const plain = word.charAt(0) + word.slice(1).toLowerCase();
    $("spoken").textContent = state === "running" ? `${plain}, ${clockTime(seconds)}` : `${plain}.`;
    if (state === "running") navigator.vibrate?.(VIBRATIONS[phase]);
    if (state === "paused" || state === "stopped" || state === "holding") navigator.vibrate?.([80, 80, 80]);
  }

  #drawProfile() {
    const { intervals, ends } = this.workout;
    const total = ends.at(-1) || 1;
    const heights = { backward: 30, forward: 20, turn: 6, rest: 6, "warm-up": 14, "cool-down": 14 };
    const bars = intervals.map(({ phase }, number) => {
      const [x, end] = [ends[number], ends[number + 1]].map((edge) => (edge / total) * 1000);
      return `<rect class="${phase}" x="${x}" width="${Math.max(1, end - x - 1)}" y="${32 - heights[phase]}" height="${heights[phase]}"/>`;
    });
    $("profile").innerHTML = `${bars.join("")}<path class="here" id="position" d="M-5 0h10v40h-10z"/>`;
    this.#drawn.here = null;
  }

  #drawHere({ position, total, index }) {
    const x = Math.round((position / (total || 1)) * 1000);
    if (!this.#changed("here", `${x} ${index}`)) return;
    $("position")?.setAttribute("transform", `translate(${x} 0)`);
    [...$("profile").querySelectorAll("rect")].forEach((bar, number) => bar.classList.toggle("past", number < index));
  }

  // -- the end

  #questions() {
    const choice = (label, value) => `<button type="button" aria-pressed="false" data-value="${value}">${label}</button>`;
    for (const field of document.querySelectorAll("fieldset")) {
      const scale = field.querySelector(".scale");
      (scale || field.querySelector(".choice")).innerHTML = scale
        ? Array.from({ length: 11 }, (_, score) => choice(score, score)).join("")
        : choice("no", "false") + choice("yes", "true");
      field.addEventListener("click", (event) => this.#answer(field, event.target.closest("button")));
    }
  }

  #answer(field, button) {
    if (!button) return;
    for (const each of field.querySelectorAll("button")) each.setAttribute("aria-pressed", String(each === button));
    const value = JSON.parse(button.dataset.value);
    if (field.dataset.question === "effort") this.#showEffort(value);
    $("kept").textContent = "";
    this.#asked = this.#number += 1;
    this.#request({ is: "summary", id: this.#asked, [field.dataset.question]: value });
  }

  #showEffort(score) {
    document.querySelector("#answers output").textContent = this.summary?.effort_words[score] ?? "";
  }

  #showSummary(summary) {
    this.summary = summary;
    $("outcome").textContent = summary.complete ? "COMPLETE" : "ENDED EARLY";
    // As on the other screens, the ends of the parts are rounded down, not the parts: see retro_timer/session/shown.py.
    const [walked, backward, longest, facing] = [summary.walked, summary.backward, summary.longest, summary.backward + summary.forward]
      .map((milliseconds) => Math.floor(milliseconds / 1000));
    const rows = [["walked", walked], ["backward", backward], ["forward", facing - backward], ["longest bout", longest]];
    $("walked").replaceChildren(...rows.flatMap(([name, seconds]) => {
      const [term, value] = [document.createElement("dt"), document.createElement("dd")];
      term.textContent = name;
      value.textContent = clockTime(seconds);
      return [term, value];
    }));
    for (const field of document.querySelectorAll("fieldset")) {
      const answer = summary[field.dataset.question] ?? null;
      for (const each of field.querySelectorAll("button")) each.setAttribute("aria-pressed", String(each.dataset.value === String(answer)));
    }
    if (summary.effort !== null) this.#showEffort(summary.effort);
    if (summary.unsaved) $("kept").textContent = `Not saved: ${summary.unsaved}`;
    $("answers").hidden = !(summary.asks && this.may === "steer");
    $("back").hidden = !(this.state?.can_undo && this.may === "steer");
    $("summary").hidden = false;
    $("session").inert = true;
  }
}

function drawArrows({ phase, seconds, still }) {
  const [small, large] = ARROWS[phase];
  const up = phase === "forward" || phase === "warm-up";
  const solid = still ? -1 : (((up ? -seconds : seconds) % 3) + 3) % 3;
  for (const [side, field] of [...document.querySelectorAll(".arrows")].entries()) {
    const order = side ? [2, 1, 0] : [0, 1, 2];
    field.replaceChildren(...order.map((place) => {
      const arrow = document.createElement("i");
      arrow.textContent = place === solid ? large : small;
      arrow.className = place === solid ? "on" : "";
      return arrow;
    }));
  }
}

/** The kind of this device, in a word that the other devices show. */
function device() {
  const agent = navigator.userAgent;
  if (/iPad|Tablet/.test(agent)) return "tablet";
  if (/TV|Tizen|Web0S|CrKey/i.test(agent)) return "TV";
  if (/Mobi|Android|iPhone/.test(agent)) return "phone";
  return "browser";
}

function $(id) {
  return document.getElementById(id);
}

if (globalThis.document) {
  const page = new Page(document.body);
  globalThis.retroTimer = page; // for the tests
  page.start();
}
