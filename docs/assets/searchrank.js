// The search engine: normalization of words, and ranking. `patientguide search` runs this file, too. The index is built
// with the same normalization in hooks/patientguide/search/engine.py; tests/test_search.py compares the two.
//
// A word counts by its inverse document frequency and by its field: title, other names, headings, summary, text (BM25F,
// Robertson and others 2004). A unit whose name is the query comes first. An unknown word is completed if it is the last
// one, or corrected: one letter in five to seven, two in eight or more, none in shorter words. If most of the query is
// unknown, nothing is found.
const patientguideSearch = (() => {
  const SHORT_FORM = /['\u2019](?=(?:s|t|m|d|re|ve|ll)(?![\p{L}\p{N}_]))/gu;
  const ASCII = /^[\0-\x7f]*$/;
  const PLURAL = [["ies", "y"], ["sses", "ss"], ["ss", "ss"], ["us", "us"], ["is", "is"], ["s", ""]];
  const FORM = [["ness", ""], ["eed", "eed"], ["ing", ""], ["ed", ""]];

  // The weight of a word by field.
  const [TITLE, NAME, LABEL, LEAD, TEXT] = [5, 4, 2.5, 1.5, 1];
  const SATURATION = 3;
  // The bonus for a unit whose name is the query.
  const CALLED = 2;
  // The weight of a medicine that was searched for by name, in place of that of its kind.
  const MEDICINE = 2;
  // The share of the query that must be known.
  const KNOWN = 0.5;
  // Hits below this share of the best score are left out.
  const FAR_BELOW = 0.05;
  const MOST = 10;
  // The character for step 0 in postings.
  const ZERO = 40;
  // First letters that sound alike: two edits are corrected only after the same sound.
  const SOUNDS = ["aeiouy", "ckq", "szx", "gj"];

  function spelt(text) {
    if (ASCII.test(text)) return text.toLowerCase().replace(SHORT_FORM, "").match(/[a-z0-9]+/g) ?? [];
    const plain = text.normalize("NFKD").toLowerCase().replace(/\p{M}+/gu, "");
    return plain.replace(SHORT_FORM, "").match(/[\p{L}\p{N}]+/gu) ?? [];
  }

  function stem(word) {
    if (word.length < 4) return word;
    for (const endings of [PLURAL, FORM]) {
      const [ending, instead] = endings.find(([end]) => word.endsWith(end)) ?? ["", ""];
      if (ending && word.length - ending.length >= 3) word = word.slice(0, -ending.length) + instead;
    }
    if (word.length > 3 && word.endsWith("e")) word = word.slice(0, -1);
    return word.replace(/([^aeiou])\1$/, "$1");
  }

  const unique = (words) => [...new Set(words.map((word) => word.stem))];
  const FIELDS = ["url", "title", "kind", "note", "text", "names", "sections"];
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
          const stems = this.each(text).map((word) => word.stem);
          this.same.set(stems[0], [...(this.same.get(stems[0]) ?? []), [stems, instead]]);
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

    // A guide says the same words again and again.
    read(said) {
      const word = { said, stem: this.stem(said) };
      this.known.set(said, word);
      return word;
    }

    // The longest phrase with synonyms that starts here, and its normalized word.
    phrase(words, at) {
      const phrases = this.same.get(words[at].stem) ?? [];
      return phrases.find(([stems]) => stems.every((one, n) => one === words[at + n]?.stem)) ?? [[], []];
    }
  }

  class Engine {
    constructor(data) {
      this.reader = new Reader(data.ignore, data.same, data.english);
      this.kinds = data.kinds;
      this.units = data.units.map((unit) => Object.fromEntries(FIELDS.map((field, n) => [field, unit[n]])));
      [this.called, this.own, this.weights, this.spellings] = [[], [], new Map(), new Map()];
      this.others = new Set(data.others.flatMap((name) => this.reader.each(name)).map((word) => word.stem));
      for (const text of [...data.ignore, ...data.same.flat()]) this.spell([], text, true);
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
    }

    find(query) {
      const [mended, longer] = this.mended(query);
      const words = this.reader.words((mended.length ? mended : spelt(query)).join(" "));
      const each = new Map(words.map((word) => [word.stem, word]));
      const terms = [...each.values()].map((word) => this.term(word, longer));
      const worth = total(terms.map((term) => term.worth));
      const known = terms.filter((term) => term.stems.length);
      const unknown = terms.filter((term) => !term.stems.length).map((term) => term.said);
      const enough = total(known.map((term) => term.worth)) >= KNOWN * worth || known.some((term) => term.medicine);
      if (!known.length || !enough) return { hits: [], meant: "", unknown };
      const numbers = known.flatMap((term) => term.stems.flatMap((stem) => [...this.weights.get(stem).keys()]));
      const hits = [...new Set(numbers)].map((number) => [-this.score(number, known, worth), number]).sort(inOrder);
      const best = hits.filter(([score]) => score <= FAR_BELOW * hits[0][0]).slice(0, MOST);
      const found = best.map(([score, number]) => this.hit(number, -score, known));
      return { hits: found, meant: mended.join(" "), unknown };
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
        if (known?.shown || this.others.has(word.stem)) return word.said;
        const found = !known && unfinished ? this.longer(word.said) : [];
        if (found.length) longer.set(word.said, found);
        return found.length ? word.said : this.near(word, known) || word.said;
      });
      return [mended.some((said, place) => said !== words[place].said) ? mended : [], longer];
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
        if (Math.abs(name.length - word.said.length) > most || !other.shown) continue;
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
      const worth = Math.max(...(stems.length ? stems : [""]).map((one) => this.rarity(one)));
      return { said, stems, worth, medicine };
    }

    score(number, terms, worth) {
      let [score, covered] = [0, 0];
      for (const term of terms) {
        const weight = Math.max(...term.stems.map((stem) => this.weights.get(stem).get(number) ?? 0));
        score += (term.worth * weight) / (weight + SATURATION);
        covered += weight ? term.worth : 0;
      }
      const called = Math.max(...this.called[number].map((stems) => this.closeness(stems, terms)));
      const named = terms.some((term) => term.medicine && term.stems.some((stem) => this.own[number].includes(stem)));
      const kind = named ? MEDICINE : this.kinds[this.units[number].kind][1];
      score *= (covered / worth) * (1 + CALLED * called ** 2) * kind;
      return Math.floor(score * 1e6 + 0.5) / 1e6;
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

    hit(number, score, terms) {
      const met = terms.filter((term) => term.stems.some((stem) => this.weights.get(stem).has(number)));
      const words = met.map((term) => term.said);
      return { unit: this.units[number], section: this.section(number, terms), score, words };
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
    const texts = parts.flatMap((part) => part.units);
    const whole = ([url, title, kind, note, , names], n) => [url, title, kind, note, texts[n][1], names, texts[n][2]];
    return { ...index, units: units.map(whole), steps: parts.map((part) => part.steps).join(" ") };
  }

  return { Engine, Reader, joined };
})();
