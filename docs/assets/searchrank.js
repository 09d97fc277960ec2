// The search engine: normalization of words, and ranking. `patientguide search` runs this file, too. The index is built
// with the same normalization in hooks/patientguide/search/engine.py; tests/test_search.py compares the two.
//
// A word counts by its inverse document frequency and by its field: title, other names, headings, summary, text (BM25F,
// Robertson and others 2004), and more if one sentence has most of the query. A unit whose name is the query comes first.
// An unknown word is completed if it is the last one, or corrected: one letter in five to seven, two in eight or more, none
// in shorter words, and never an ordinary word of the language. Words that remain unknown are named, and left out.
// Signs of danger put the page that says when to call first.
const patientguideSearch = (() => {
  const SHORT_FORM = /['\u2019](?=(?:s|t|m|d|re|ve|ll)(?![\p{L}\p{N}_]))/gu;
  const ASCII = /^[\0-\x7f]*$/;
  const PLURAL = [["ies", "y"], ["sses", "ss"], ["ss", "ss"], ["us", "us"], ["is", "is"], ["s", ""]];
  const FORM = [["ness", ""], ["eed", "eed"], ["ing", ""], ["ed", ""]];

  // What is left of cared and curing: care is no car.
  const SHORT = /^[^aeiou][aeiou][^aeiouwxy]$/;
  // A stem shorter than this is that of too many words, as in scar and scared: a synonym then needs one of these ends.
  const [LONG, ENDS] = [6, ["", "s", "es", "ed", "ing"]];

  // The weight of a word by field.
  const [TITLE, NAME, LABEL, LEAD, TEXT] = [5, 4, 2.5, 1.5, 1];
  const SATURATION = 3;
  // The weight of a word that no name or heading has, which is said in passing.
  const PASSING = 0.6;
  // The bonus for a unit whose name is the query.
  const CALLED = 2;
  // The weight of a medicine that was searched for by name, in place of that of its kind.
  const MEDICINE = 2;
  // The greatest bonus for a sentence that has the whole query.
  const TOGETHER = 0.6;
  // The weight of a word of the unit's own name when its best sentence is chosen, and of one in the heading above it.
  const [NAMED, ABOVE] = [0.25, 0.5];
  // The weight of a unit that is only for others than the query names, and of one that is only for those.
  const [FOR_OTHERS, FOR_THEM] = [0.25, 1.5];
  // How many of the first hits should not all be for the same readers.
  const TOP = 3;
  // The weight of words that say who asks, beside others, and of a sentence that is a question.
  const [WHO, QUESTION] = [0.3, 0.5];
  // The share of the query that must be known for an answer that is not only the nearest.
  const KNOWN = 0.5;
  // The least score of a hit for other readers that comes up, of the first hit.
  const OTHER = 0.3;
  // How many units are read by sentence.
  const READ = 40;
  // Hits below this share of the best score are left out.
  const FAR_BELOW = 0.05;
  const MOST = 10;
  // The character for step 0 in postings.
  const ZERO = 40;
  // No shared letter in the list of ordinary words.
  const FIRST = 65;
  // First letters that sound alike: two edits are corrected only after the same sound.
  const SOUNDS = ["aeiouy", "ckq", "szx", "gj"];

  function spelt(text) {
    if (ASCII.test(text)) return text.toLowerCase().replace(SHORT_FORM, "").match(/[a-z0-9]+/g) ?? [];
    const plain = text.normalize("NFKD").toLowerCase().replace(/\p{M}+/gu, "");
    return plain.replace(SHORT_FORM, "").match(/[\p{L}\p{N}]+/gu) ?? [];
  }

  function stem(said) {
    let word = said;
    if (word.length < 4) return word;
    for (const endings of [PLURAL, FORM]) {
      const [ending, instead] = endings.find(([end]) => word.endsWith(end)) ?? ["", ""];
      if (ending && word.length - ending.length >= 3) word = word.slice(0, -ending.length) + instead;
    }
    if (/ed$|ing$/.test(said) && SHORT.test(word)) return `${word}e`;
    if (word.length > 4 && word.endsWith("e")) word = word.slice(0, -1);
    return word.replace(/([^aeiou])\1$/, "$1");
  }

  const unique = (words) => [...new Set(words.map((word) => word.stem))];
  const FIELDS = ["url", "title", "kind", "note", "text", "names", "sections", "facets", "passages"];
  const total = (numbers) => numbers.reduce((sum, number) => sum + number, 0);

  class Reader {
    constructor(ignore, same, english) {
      this.stem = english ? stem : (word) => word;
      this.known = new Map();
      this.ignore = new Set(ignore.flatMap(spelt));
      this.same = new Map();
      for (const group of same) {
        const instead = this.each(group[0]);
        for (const text of group) {
          const words = this.each(text);
          const stems = words.map((word) => word.stem);
          const short = stems.length === 1 && stems[0].length < LONG;
          const forms = short ? ENDS.map((end) => words[0].said + end) : [];
          this.same.set(stems[0], [...(this.same.get(stems[0]) ?? []), [stems, instead, forms]]);
        }
      }
      for (const phrases of this.same.values()) phrases.sort((one, other) => other[0].length - one[0].length);
    }

    words(text) {
      const found = [];
      const words = this.each(text);
      for (let at = 0; at < words.length; ) {
        const [stems, instead] = this.phrase(words, at);
        if (stems.length) found.push(...instead);
        else if (!this.ignore.has(words[at].said)) found.push(words[at]);
        at += stems.length || 1;
      }
      return found;
    }

    each(text) {
      return spelt(text).map((said) => this.known.get(said) ?? this.read(said));
    }

    read(said) {
      const word = { said, stem: this.stem(said) };
      this.known.set(said, word);
      return word;
    }

    // Which words of a text, in their order, have one of these stems or a synonym of one.
    marks(words, stems) {
      const marked = words.map(() => false);
      for (let at = 0; at < words.length; ) {
        const [phrase, instead] = this.phrase(words, at);
        const length = phrase.length || 1;
        if ((phrase.length ? instead : [words[at]]).some((word) => stems.has(word.stem))) marked.fill(true, at, at + length);
        at += length;
      }
      return marked;
    }

    // The longest phrase with synonyms that starts here, and its normalized word.
    phrase(words, at) {
      const phrases = this.same.get(words[at].stem) ?? [];
      const isHere = ([stems, , forms]) => {
        return stems.every((one, n) => one === words[at + n]?.stem) && (!forms.length || forms.includes(words[at].said));
      };
      return phrases.find(isHere) ?? [[], []];
    }
  }

  class Engine {
    constructor(data) {
      this.reader = new Reader(data.ignore, data.same, data.english);
      this.kinds = data.kinds;
      this.units = data.units.map((unit) => Object.fromEntries(FIELDS.map((field, n) => [field, unit[n]])));
      [this.called, this.own, this.weights, this.spellings] = [[], [], new Map(), new Map()];
      this.topics = new Set();
      this.others = new Set(data.others.flatMap((name) => this.reader.each(name)).map((word) => word.stem));
      const signs = data.urgent.signs.flatMap(([, sign, words]) => [sign, ...words]);
      for (const text of [...data.ignore, ...data.same.flat(), ...signs]) this.spell([], text, true);
      this.units.forEach((unit, number) => this.addUnit(number, unit));
      const steps = data.steps.split(" ");
      for (const [place, said] of data.words.split(" ").entries()) {
        let number = 0;
        const numbers = [...(steps[place] ?? "")].map((step) => (number += step.charCodeAt(0) - ZERO));
        this.add(numbers, said, TEXT);
      }
      for (const name of data.medicines)
        for (const { stem } of this.reader.each(name))
          Object.assign(this.spellings.get(stem), { said: name, shown: true, medicine: true });
      this.ordinary = new Set();
      let last = "";
      // Each word begins with the number of letters that it shares with the one before, as a capital letter.
      for (const [, shared, rest] of data.ordinary.matchAll(/([A-Z])([^A-Z]*)/g))
        this.ordinary.add((last = last.slice(0, shared.charCodeAt(0) - FIRST) + rest));
      this.about = data.about;
      this.ask = data.ask;
      this.values = data.facets.map(([id, label, facet, words]) => {
        return { id, label, facet, stems: unique(this.reader.words(label)), phrases: [label, ...words].map((text) => this.asPhrase(text)) };
      });
      const { temperatures, degrees } = data.urgent;
      this.temperatures = temperatures;
      this.degrees = degrees.map((text) => this.asPhrase(text));
      this.signs = data.urgent.signs.map(([anchors, sign, words]) => {
        return { anchors, sign, phrases: [sign, ...words].map((text) => this.asPhrase(text)) };
      });
      this.safety = this.units.findIndex((unit) => unit.url === data.help[0]?.[0]);
      this.sentences = new Map();
    }

    // The best hits. `chosen` is the facet value that the reader said to be theirs, if any.
    find(query, chosen = "") {
      const [mended, longer] = this.mended(query);
      const said = mended.length ? mended : spelt(query);
      const words = this.reader.words(said.join(" "));
      const each = new Map(words.map((word) => [word.stem, word]));
      const terms = [...each.values()].map((word) => this.term(word, longer));
      const known = terms.filter((term) => term.stems.length);
      const unknown = terms.filter((term) => !term.stems.length && term.said.length > 1).map((term) => term.said);
      const worth = total(known.map((term) => term.worth));
      const near = !known.some((term) => term.medicine) && worth < KNOWN * total(terms.map((term) => term.worth));
      const asked = { raw: this.reader.each(said.join(" ")).map((word) => word.stem), stems: new Set(each.keys()) };
      const mine = this.values.filter(({ id, phrases }) => id === chosen || this.isSaid(phrases, asked));
      this.lighten(known, mine);
      const all = total(known.map((term) => term.worth));
      const hits = this.ranked(known, all, mine).map(([score, number]) => this.hit(number, score, known));
      const first = this.urgent(query, asked, known);
      const shown = first ? [first, ...hits.filter(({ unit }) => unit !== first.unit)] : this.mixed(hits, mine);
      const ask = !near && this.differs(shown, mine, chosen) ? this.ask : null;
      // T4dN1M0 is only taken apart, not corrected.
      const meant = mended.join("").replaceAll(" ", "") === spelt(query).join("") ? "" : mended.join(" ");
      return { hits: shown.slice(0, MOST), meant, unknown, near: near && !first, ask };
    }

    // Words that say who asks, such as those of a stage, tell less than what is asked for.
    lighten(terms, mine) {
      const who = new Set(mine.flatMap((value) => value.stems));
      const [some, others] = [[], []];
      for (const term of terms) (term.stems.some((stem) => who.has(stem)) ? some : others).push(term);
      if (others.length) for (const term of some) term.worth *= WHO;
    }

    // The numbers of the best units with their scores.
    ranked(known, worth, mine) {
      const numbers = new Set(known.flatMap((term) => term.stems.flatMap((stem) => [...this.weights.get(stem).keys()])));
      const first = [...numbers].map((number) => [-this.score(number, known, worth, mine), number]).sort(inOrder);
      const read = first.slice(0, READ).map(([score, number]) => {
        const met = known.length > 1 ? total(this.passage(number, known)[1].map((term) => term.worth)) / worth : 0;
        return [score * (1 + TOGETHER * met ** 2), number];
      });
      const isTheirs = (number) => mine.some((value) => this.isOnlyFor(this.units[number], value));
      const best = read.sort(inOrder).filter(([score, number]) => score <= FAR_BELOW * read[0][0] || isTheirs(number));
      // Pages about the guide itself come last, unless all of the query is what they are called.
      const isAbout = ([, number]) => this.units[number].kind === this.about && !this.isNamed(number, known);
      const inTurn = [...best.filter((one) => !isAbout(one)), ...best.filter(isAbout)];
      return inTurn.slice(0, MOST).map(([score, number]) => [Math.floor(-score * 1e6 + 0.5) / 1e6, number]);
    }

    // A phrase as it is said, and without stop words and synonyms.
    asPhrase(text) {
      const raw = this.reader.each(text).map((word) => word.stem);
      const stems = unique(this.reader.words(text));
      return { raw, stems: stems.length > 1 || raw.every((one) => stems.includes(one)) ? stems : [] };
    }

    // Whether a query has one of the phrases: word for word, or all its words that say something.
    isSaid(phrases, { raw, stems: asked }) {
      const starts = (words) => raw.some((_, at) => words.every((word, n) => word === raw[at + n]));
      return phrases.some(({ raw: words, stems }) => {
        return (words.length && starts(words)) || (stems.length > 0 && stems.every((stem) => asked.has(stem)));
      });
    }

    // The page that says when to call, at the first sign that was named.
    urgent(query, asked, known) {
      const hot = this.isHot(query, asked);
      const sign = this.signs.find(({ phrases }, n) => (hot && n === 0) || this.isSaid(phrases, asked));
      if (!sign || this.safety < 0) return null;
      const named = this.reader.words(sign.sign).map((word) => this.term(word, new Map()));
      const terms = [...new Map([...known, ...named].map((term) => [term.said, term])).values()];
      const found = this.hit(this.safety, 0, terms, sign.anchors);
      const sections = this.units[this.safety].sections.filter(([anchor]) => sign.anchors.includes(anchor));
      const section = sections.includes(found.section) ? found.section : (sections[0] ?? []);
      return { ...found, section, urgent: true };
    }

    // Whether a query has a temperature that is too high.
    isHot(query, asked) {
      const numbers = [...query.matchAll(/(?<![\d.,])\d+(?:[.,]\d+)?(?![\d.,]*\d)/g)].map(([text]) => text);
      const degrees = this.isSaid(this.degrees, asked);
      return numbers.some((text) => {
        const number = Number(text.replace(",", "."));
        const range = this.temperatures.find(([from, to]) => number >= from && number <= to);
        return range && (range[2] || degrees || /[.,]\d$/.test(text));
      });
    }

    // The values of the facet that readers are asked about which a unit is for, if it is not for all of them.
    only({ unit }) {
      const asked = unit.facets.map((value) => this.values[value]).filter(({ facet }) => facet === this.ask?.facet);
      return asked.length < Object.keys(this.ask?.answers ?? {}).length ? asked.map(({ id }) => id) : [];
    }

    // Whether hits are for different readers, so that it helps to ask.
    differs(hits, mine, chosen) {
      if (!this.ask || (!chosen && mine.some(({ facet }) => facet === this.ask.facet))) return false;
      const among = (some) => new Set(some.flatMap((hit) => this.only(hit)));
      return Boolean(chosen) || (among(hits).size > 1 && among(hits.slice(0, TOP)).size > 0);
    }

    // Hits for several kinds of readers first, or one for the reader who is known.
    mixed(hits, mine) {
      if (!this.ask) return hits;
      const [asked] = mine.filter(({ facet }) => facet === this.ask.facet);
      if (asked) {
        const own = hits.findIndex((hit) => this.isOnlyFor(hit.unit, asked));
        return own < TOP ? hits : [...hits.slice(0, TOP - 1), hits[own], ...hits.filter((_, n) => n >= TOP - 1 && n !== own)];
      }
      const first = hits.findIndex((hit) => this.only(hit).length);
      if (first < 0 || first >= TOP) return hits;
      const [one] = this.only(hits[first]);
      const other = hits.findIndex((hit) => this.only(hit).length && !this.only(hit).includes(one));
      if (other < TOP || hits[other].score < OTHER * hits[first].score) return hits;
      return [...hits.slice(0, first + 1), hits[other], ...hits.filter((_, n) => n > first && n !== other)];
    }

    addUnit(number, unit) {
      const names = [unit.title, unit.title.split(" (")[0], ...unit.names];
      this.called.push(names.map((name) => unique(this.reader.words(name))));
      this.own.push(unique(this.reader.words(`${unit.title} ; ${unit.note}`)));
      this.add([number], unit.title, TITLE);
      this.add([number], unit.note, LABEL);
      this.add([number], unit.text, LEAD);
      this.add([number], unit.sections.flatMap((section) => section.slice(1)).join(" ; "), LABEL);
      this.add([number], unit.names.join(" ; "), NAME, false);
    }

    add(numbers, text, weight, shown = true) {
      this.spell(numbers, text, shown);
      for (const stem of unique(this.reader.words(text)))
        for (const number of numbers) {
          const units = this.weights.get(stem) ?? new Map();
          this.weights.set(stem, units.set(number, (units.get(number) ?? 0) + weight));
          if (weight > LEAD) this.topics.add(stem);
        }
    }

    spell(numbers, text, shown) {
      for (const word of this.reader.each(text)) {
        const fresh = { said: word.said, shown: false, medicine: false, units: new Set() };
        const spelling = this.spellings.get(word.stem) ?? fresh;
        this.spellings.set(word.stem, spelling);
        spelling.shown ||= shown;
        for (const number of numbers) spelling.units.add(number);
      }
    }

    rarity(stem) {
      const have = this.weights.get(stem)?.size ?? 0;
      return Math.log(1 + (this.units.length - have + 0.5) / (have + 0.5));
    }

    // The words of a query with corrections, if any, and completions of an unfinished last word. A known name of a medicine
    // that is not in the guide is never corrected to one that is.
    mended(query) {
      const words = this.reader.each(query);
      const longer = new Map();
      const mended = words.map((word, place) => {
        const known = this.spellings.get(word.stem);
        const unfinished = place === words.length - 1 && !/\s$/.test(query);
        if (known?.shown || this.others.has(word.stem) || this.ordinary.has(word.said)) return word.said;
        const pieces = !known && /\d/.test(word.said) ? this.pieces(word.said) : [];
        if (pieces.length) return pieces.join(" ");
        const found = !known && unfinished ? this.longer(word.said) : [];
        if (found.length) longer.set(word.said, found);
        return found.length ? word.said : this.near(word, known) || word.said;
      });
      return [mended.some((said, place) => said !== words[place].said) ? mended : [], longer];
    }

    // The known words that an unknown one with digits is made of, such as those of T4dN1M0.
    pieces(said) {
      if (!said) return [];
      for (let end = said.length; end > 0; end--) {
        const [first, rest] = [said.slice(0, end), said.slice(end)];
        const others = this.spellings.get(this.reader.stem(first))?.shown ? (rest ? this.pieces(rest) : [""]) : [];
        if (others.length) return [first, ...others].filter(Boolean);
      }
      return [];
    }

    // The completions of an unfinished word; for three letters only names of medicines.
    longer(said) {
      if (said.length < 3) return [];
      const found = [...this.spellings.values()].filter((one) => one.said.toLowerCase().startsWith(said));
      const fit = found.filter((one) => said.length > 3 || one.medicine);
      const words = fit.flatMap((one) => this.reader.words(one.said));
      return unique(words.filter((word) => this.weights.has(word.stem)));
    }

    // The word that was probably meant; if it only names a unit, a medicine in that unit.
    near(word, known) {
      const near = [];
      for (const other of this.spellings.values()) {
        const name = other.said.toLowerCase();
        const most = word.said.length < 5 ? 0 : word.said.length > (other.medicine ? 7 : 9) ? 2 : 1;
        if (Math.abs(name.length - word.said.length) > most || !other.shown || this.reader.ignore.has(name)) continue;
        if (known && !(other.medicine && [...known.units].some((number) => other.units.has(number)))) continue;
        const far = distance(word.said, name);
        if (far <= most && (far < 2 || soundsAlike(word.said, name)))
          near.push([far, !other.medicine, -other.units.size, name, other.said]);
      }
      return near.length ? near.sort(inOrder)[0].at(-1) : "";
    }

    // The term for a word of a query; the name of a medicine that is not in the guide is unknown.
    term({ said, stem }, longer) {
      const found = this.weights.has(stem) && !this.others.has(stem);
      const stems = longer.get(said) ?? (found ? [stem] : []);
      const medicine = stems.some((one) => this.spellings.get(one)?.medicine);
      const isTopic = stems.some((one) => this.topics.has(one));
      const worth = Math.max(...(stems.length ? stems : [""]).map((one) => this.rarity(one))) * (isTopic ? 1 : PASSING);
      return { said, stems, worth, medicine };
    }

    score(number, terms, worth, mine) {
      let [score, covered] = [0, 0];
      const fit = new Set(mine.filter((value) => this.isOnlyFor(this.units[number], value)).flatMap(({ stems }) => stems));
      for (const term of terms) {
        const least = term.stems.some((stem) => fit.has(stem)) ? LABEL : 0;
        const weight = Math.max(least, ...term.stems.map((stem) => this.weights.get(stem).get(number) ?? 0));
        score += (term.worth * weight) / (weight + SATURATION);
        covered += weight ? term.worth : 0;
      }
      const called = Math.max(...this.called[number].map((stems) => this.closeness(stems, terms)));
      const named = terms.some((term) => term.medicine && term.stems.some((stem) => this.own[number].includes(stem)));
      const unit = this.units[number];
      const kind = (named ? MEDICINE : this.kinds[unit.kind][1]) * (this.isForOthers(unit, mine) ? FOR_OTHERS : fit.size ? FOR_THEM : 1);
      return score * (covered / worth) * (1 + CALLED * called ** 2) * kind;
    }

    // Whether every term is in the names or headings of a unit.
    isNamed(number, terms) {
      const headings = this.units[number].sections.map(([, heading]) => heading).join(" ; ");
      const stems = new Set([...this.called[number].flat(), ...unique(this.reader.words(headings))]);
      return terms.every((term) => term.stems.some((stem) => stems.has(stem)));
    }

    // Whether a unit is for this value of a facet, and for no other one of it.
    isOnlyFor(unit, { id, facet }) {
      const values = unit.facets.map((value) => this.values[value]).filter((value) => value.facet === facet);
      return values.length === 1 && values[0].id === id;
    }

    // Whether a unit is only for readers whom the query does not name.
    isForOthers(unit, mine) {
      const facets = new Set(mine.map(({ facet }) => facet));
      return [...facets].some((facet) => {
        const values = unit.facets.map((value) => this.values[value]).filter((value) => value.facet === facet);
        return values.length > 0 && !values.some((value) => mine.includes(value));
      });
    }

    // The similarity of a name and a query (weighted Jaccard).
    closeness(stems, terms) {
      let [both, rest] = [0, 0];
      for (const term of terms) {
        both += stems.some((stem) => term.stems.includes(stem)) ? term.worth : 0;
        rest += term.worth;
      }
      for (const stem of stems) rest += terms.some((term) => term.stems.includes(stem)) ? 0 : this.rarity(stem);
      return both / rest;
    }

    hit(number, score, terms, anchors = []) {
      const unit = this.units[number];
      const met = terms.filter((term) => term.stems.some((stem) => this.weights.get(stem).has(number)));
      const words = met.map((term) => term.said);
      const [passage, within] = this.passage(number, terms, anchors);
      const named = new Set(this.called[number].flat());
      const isMore = passage !== null && (anchors.length > 0 || within.some((term) => !term.stems.some((stem) => named.has(stem))));
      const section = (isMore && unit.sections[passage[0]]) || this.section(number, terms);
      return { unit, section, text: passage?.[1] ?? unit.text, score, words, urgent: false };
    }

    // The sentence of a unit with most terms, and these. Words of the unit's name count little: all sentences are on them.
    passage(number, terms, anchors = []) {
      const unit = this.units[number];
      const named = new Set(this.called[number].flat());
      let [best, found, met] = [0, null, []];
      for (const { passage, stems, above } of this.read(number)) {
        if (anchors.length && !anchors.includes(unit.sections[passage[0]]?.[0])) continue;
        let worth = anchors.length ? 0 : -passage[1].length / 1e5; // the first one of a sign says what it is
        const here = terms.filter((term) => term.stems.some((stem) => stems.has(stem)));
        for (const term of here) worth += term.worth * (term.stems.some((stem) => named.has(stem)) ? NAMED : 1);
        for (const term of terms)
          if (!here.includes(term) && term.stems.some((stem) => above.has(stem))) worth += here.length ? ABOVE * term.worth : 0;
        if (passage[1].endsWith("?")) worth *= QUESTION;
        if (here.length && worth > best + 1e-9) [best, found, met] = [worth, passage, here];
      }
      return [found, met];
    }

    // The sentences of a unit with their stems and those of the heading above.
    read(number) {
      if (!this.sentences.has(number)) {
        const { passages, sections } = this.units[number];
        const stems = (text) => new Set(unique(this.reader.words(text)));
        const above = sections.map((section) => stems(section[1]));
        const none = new Set();
        const read = passages.map((passage) => ({ passage, stems: stems(passage[1]), above: above[passage[0]] ?? none }));
        this.sentences.set(number, read);
      }
      return this.sentences.get(number);
    }

    // The section that matches query terms the title does not already match, or an empty one.
    section(number, terms) {
      const named = new Set(this.called[number].flat());
      let [best, found] = [0, []];
      for (const section of this.units[number].sections) {
        const stems = unique(this.reader.words(section.slice(1).join(" ; ")));
        const met = terms.filter((term) => term.stems.some((stem) => stems.includes(stem) && !named.has(stem)));
        const worth = total(met.map((term) => term.worth));
        if (worth > best + 1e-9) [best, found] = [worth, section];
      }
      return found;
    }
  }

  function inOrder(one, other) {
    const at = one.findIndex((part, n) => part !== other[n]);
    return at < 0 ? 0 : one[at] < other[at] ? -1 : 1;
  }

  // Optimal string alignment: the same measure that the check of the content uses.
  function distance(one, other) {
    const rows = [[...Array(other.length + 1).keys()]];
    for (let i = 1; i <= one.length; i++) {
      rows[i] = [i];
      for (let j = 1; j <= other.length; j++) {
        const same = one[i - 1] === other[j - 1];
        rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + !same);
        if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
          rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
      }
    }
    return rows[one.length][other.length];
  }

  function soundsAlike(one, other) {
    const sound = (word) => SOUNDS.find((letters) => letters.includes(word[0])) ?? word[0];
    return sound(one) === sound(other) || (one[0] === other[1] && one[1] === other[0]);
  }

  // A long index comes in parts (hooks/patientguide/search/index.py).
  function joined({ parts, units, ...index }) {
    const later = parts.flatMap((part) => part.units);
    const whole = ([url, title, kind, note, text, names, sections, facets], n) => {
      const [, ownText, ownSections, passages] = later[n];
      return [url, title, kind, note, text || ownText, names, sections.length ? sections : ownSections, facets, passages];
    };
    return { ...index, units: units.map(whole), steps: index.steps || parts.map((part) => part.steps).join(" ") };
  }

  return { Engine, Reader, joined };
})();
