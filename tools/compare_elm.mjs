#!/usr/bin/env node
// Compares the ELM of `quell plan --elm` with that of the reference translator, statement by statement,
// and reports the differences by kind with the first example of each; docs/elm.md explains them.
//
//   node tools/compare_elm.mjs QUELL [--npm FOLDER] [--show KIND] [--limit N] [FILE.cql ...]
//
// Without files: the trials, the library and tests/golden/elm. The translator is the npm package
// @cqframework/cql, installed anywhere outside of the tree:
//   mkdir -p /tmp/cqframework && npm install --prefix /tmp/cqframework @cqframework/cql
// and found with --npm or CQFRAMEWORK (default /tmp/cqframework). Exit 77 when it is not there, 1 when
// there are more than N differences (default: any number will do).
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const given = process.argv.slice(2);
function option(name, otherwise) {
  const at = given.indexOf(name);
  return at < 0 ? otherwise : given.splice(at, 2)[1];
}
const npm = option('--npm', process.env.CQFRAMEWORK ?? '/tmp/cqframework');
const shown = option('--show', null);
const limit = Number(option('--limit', 'Infinity'));
const [quell, ...named] = given;
const package_ = path.join(npm, 'node_modules/@cqframework/cql');
if (!quell) {
  console.error('usage: compare_elm.mjs QUELL [--npm FOLDER] [--show KIND] [--limit N] [FILE.cql ...]');
  process.exit(2);
}
if (!fs.existsSync(package_)) {
  console.error(`no translator in ${npm}: npm install --prefix ${npm} @cqframework/cql`);
  process.exit(77);
}
const log = console.log;
console.log = console.info = () => {}; // the translator's loggers write here
const cql = await import(pathToFileURL(path.join(package_, 'cql.mjs')));
const elm = await import(pathToFileURL(path.join(package_, 'cql-to-elm.mjs')));

const model = fs.readFileSync(path.join(root, 'models/fhir-modelinfo-4.0.1.xml'), 'utf8');

// Quell's FHIRHelpers with its functions of the primitive types, as src/cql/fhirhelpers.c makes them.
function helpers() {
  let text = fs.readFileSync(path.join(root, 'src/cql/fhirhelpers.cql'), 'utf8');
  const conversion = /<conversionInfo functionName="FHIRHelpers\.(\w+)" fromType="FHIR\.([^"]+)" toType="System\.(\w+)"/g;
  const simple = new Set(['String', 'Boolean', 'Integer', 'Decimal', 'Date', 'DateTime', 'Time']);
  for (const [, name, from, to] of model.matchAll(conversion)) {
    if (simple.has(to)) {
      text += `\ndefine function ${name}(value FHIR."${from}"): value.value`;
    }
  }
  return text + '\n';
}

function find(id, folder) {
  if (id === 'FHIRHelpers') {
    return helpers();
  }
  const file = [folder, path.join(root, 'trials/library')].map((f) => path.join(f, `${id}.cql`))
    .find((f) => fs.existsSync(f));
  return file ? fs.readFileSync(file, 'utf8') : null;
}

function translate(file) {
  const models = new elm.ModelManager();
  models.modelInfoLoader.registerModelInfoProvider(new cql.SystemModelInfoProvider());
  models.modelInfoLoader.registerModelInfoProvider(elm.createModelInfoProvider(
    (id) => (id === 'FHIR' ? elm.stringAsSource(model) : null)));
  const options = elm.CqlCompilerOptions.defaultOptions();
  const units = elm.createUcumService((v) => v, () => null, (a) => a, (a) => a);
  const libraries = new elm.LibraryManager(models, options, undefined, units);
  libraries.librarySourceLoader.registerProvider(elm.createLibrarySourceProvider((id) => {
    const text = find(id, path.dirname(file));
    return text === null ? null : elm.stringAsSource(text);
  }));
  const translator = elm.CqlTranslator.fromText(fs.readFileSync(file, 'utf8'), libraries);
  const errors = [...translator.errors.asJsReadonlyArrayView()].map((e) => e.message);
  return { library: JSON.parse(translator.toJson()).library, errors };
}

const singular = { years: 'year', months: 'month', weeks: 'week', days: 'day', hours: 'hour',
  minutes: 'minute', seconds: 'second', milliseconds: 'millisecond' };
const ignored = new Set(['localId', 'locator', 'annotation', 'signature', 'resultTypeName',
  'resultTypeSpecifier', 'preserve', 'templateId', 'typeSpecifier']);

// The same thing said in two ways that the schema allows becomes one.
function normal(node) {
  if (Array.isArray(node)) {
    return node.map(normal);
  }
  if (node === null || typeof node !== 'object') {
    return node;
  }
  const out = {};
  for (const [key, value] of Object.entries(node)) {
    if (ignored.has(key) || (Array.isArray(value) && !value.length)) {
      continue;
    }
    if (key === 'isType' || key === 'asType') {
      out[`${key}Specifier`] = { type: 'NamedTypeSpecifier', name: value };
    } else if ((key === 'distinct' && value === !node.identifier) || (key === 'strict' && !value)) {
      continue; // the defaults: return is distinct, aggregate is not, as is not strict
    } else if (key === 'parameterTypeSpecifier' && node.default) {
      continue; // written where the text has it; the default says it too
    } else if (key === 'unit' && singular[value]) {
      out.unit = singular[value];
    } else {
      out[key] = normal(value);
    }
  }
  if (['Tuple', 'Instance', 'TupleTypeSpecifier'].includes(out.type) && out.element) {
    out.element.sort((a, b) => (a.name < b.name ? -1 : 1)); // their order means nothing
  }
  if (out.type === 'ChoiceTypeSpecifier') {
    out.choice.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (out.type === 'Property' && out.path.includes('.')) {
    const parts = out.path.split('.');
    const last = parts.pop();
    return { type: 'Property', path: last, source: { ...out, path: parts.join('.') } };
  }
  if (out.type === 'Property' && out.source?.type === 'AliasRef') {
    const { source, ...rest } = out;
    return { ...rest, scope: source.name };
  }
  return out;
}

const kinds = new Map();
function report(kind, where, ours, theirs) {
  const entry = kinds.get(kind) ?? { count: 0, first: null };
  entry.count++;
  if (!entry.first || kind === shown) {
    const cut = (x) => (JSON.stringify(x) ?? 'absent').slice(0, kind === shown ? 4000 : 300);
    entry.first = `${where}\n    quell      ${cut(ours)}\n    translator ${cut(theirs)}`;
    if (kind === shown) {
      log(entry.first);
    }
  }
  kinds.set(kind, entry);
}

const label = (node) => (Array.isArray(node) ? `array of ${node.length}`
  : node && typeof node === 'object' ? node.type ?? 'object' : typeof node === 'undefined' ? 'absent' : 'value');

// Counts the outermost places that differ. Returns how many.
function compare(ours, theirs, where, parent, key) {
  if (Array.isArray(ours) && Array.isArray(theirs) && ours.length === theirs.length) {
    return ours.reduce((n, item, i) => n + compare(item, theirs[i], where, parent, key), 0);
  }
  const objects = ours && theirs && typeof ours === 'object' && typeof theirs === 'object'
    && !Array.isArray(ours) && !Array.isArray(theirs);
  if (objects && ours.type === theirs.type) {
    const keys = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
    return [...keys].reduce((n, k) => n + compare(ours[k], theirs[k], where, ours.type ?? parent, k), 0);
  }
  if (ours === theirs) {
    return 0;
  }
  const same = label(ours) === label(theirs);
  const kind = same || !objects ? `${parent}.${key}: ${label(ours)} / ${label(theirs)}`
    : `${label(ours)} / ${label(theirs)}`;
  report(kind, where, ours, theirs);
  return 1;
}

const identity = (def) => `${def.name}(${(def.operand ?? []).map((o) => JSON.stringify(normal(o.operandTypeSpecifier))).join()})`;

let statements = 0;
let equal = 0;
let differences = 0;
function compareLibraries(name, ours, theirs) {
  for (const group of ['identifier', 'usings', 'includes', 'parameters', 'codeSystems', 'valueSets',
    'codes', 'concepts', 'contexts']) {
    differences += compare(normal(ours[group]), normal(theirs[group]), `${name} ${group}`, 'library', group);
  }
  const known = new Map((theirs.statements?.def ?? []).map((d) => [identity(d), d]));
  for (const def of ours.statements?.def ?? []) {
    const other = known.get(identity(def));
    known.delete(identity(def));
    if (!other) {
      report('statement / absent', `${name} "${def.name}"`, def, undefined);
      differences++;
      continue;
    }
    const place = (def.locator ?? '').split('-')[0];
    const found = compare(normal(def), normal(other), `${name}:${place} "${def.name}"`, 'statement', def.name);
    statements++;
    equal += found === 0;
    differences += found;
  }
  for (const def of known.values()) {
    report('absent / statement', `${name} "${def.name}"`, undefined, def);
    differences++;
  }
}

function cqlFiles(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((e) => (e.isDirectory()
    ? cqlFiles(path.join(folder, e.name)) : e.name.endsWith('.cql') ? [path.join(folder, e.name)] : [])).sort();
}
const files = named.length ? named
  : ['trials', 'tests/golden/elm'].flatMap((f) => cqlFiles(path.join(root, f)));
for (const file of files) {
  const name = path.relative(root, path.resolve(file));
  const ours = JSON.parse(execFileSync(quell, ['plan', '--elm', file],
    { maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'ignore'] })).library;
  const { library, errors } = translate(file);
  for (const error of errors) {
    report('translator error', name, undefined, error);
  }
  compareLibraries(name, ours, library);
}
log(`${files.length} libraries, ${statements} statements, ${equal} equal, ${differences} differences`);
log('kind (quell / translator)');
for (const [kind, entry] of [...kinds].sort((a, b) => b[1].count - a[1].count || (a[0] < b[0] ? -1 : 1))) {
  log(`${String(entry.count).padStart(6)}  ${kind}\n  ${entry.first}`);
}
process.exit(differences > limit ? 1 : 0);
