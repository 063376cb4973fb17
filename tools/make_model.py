#!/usr/bin/env python3
"""Writes src/model/fhir401.inc, the table of CQL's System types and of all FHIR R4 types, from
models/fhir-modelinfo-4.0.1.xml (HL7's model info for CQL). Run it from anywhere; it needs nothing
but Python 3. With --check it only compares, and fails when the table differs.

What the model info does not say is in the three tables below, each with its source.
"""
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
NS = "{urn:hl7-org:elm-modelinfo:r1}"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"

# The order of enum model_system in model/model.h; CQL 1.5 reference, section 1, and the System
# model of the CQL specification, with base types and elements.
SYSTEM = [
    ("Any", None, []),
    ("Boolean", "Any", []),
    ("Integer", "Any", []),
    ("Long", "Any", []),
    ("Decimal", "Any", []),
    ("String", "Any", []),
    ("Date", "Any", []),
    ("DateTime", "Any", []),
    ("Time", "Any", []),
    ("Quantity", "Any", [("value", "Decimal"), ("unit", "String")]),
    ("Ratio", "Any", [("numerator", "Quantity"), ("denominator", "Quantity")]),
    ("Code", "Any", [("code", "String"), ("system", "String"), ("version", "String"), ("display", "String")]),
    ("Concept", "Any", [("codes", "List<Code>"), ("display", "String")]),
    ("Vocabulary", "Any", [("id", "String"), ("version", "String"), ("name", "String")]),
    ("ValueSet", "Vocabulary", [("codesystems", "List<CodeSystem>")]),
    ("CodeSystem", "Vocabulary", []),
]

# StructureDefinition.abstract of FHIR 4.0.1 (hl7.org/fhir/R4).
ABSTRACT = {"Element", "BackboneElement", "Resource", "DomainResource"}

# The model info names the last element of a search parameter's expression, or only a condition, where
# a resource is in the Patient compartment. These are the paths of the R4 CompartmentDefinition
# "patient" (hl7.org/fhir/R4/compartmentdefinition-patient.html) and of the search parameters it names.
# A Patient is its own compartment: Patient.link does not move it into another.
PATIENT_PATHS = {
    "AuditEvent": ["agent.who", "entity.what"],
    "Basic": ["subject", "author"],
    "Invoice": ["subject", "recipient"],
    "MeasureReport": ["subject"],
    "Patient": [],
    "Person": ["link.target"],
    "Provenance": ["target"],
}


class Type:
    def __init__(self, name, base, elements, system=False):
        self.name, self.base, self.own, self.system = name, base, elements, system
        self.retrievable = False
        self.code_path = ""
        self.patient_keys = []


def parse_spec(node):
    """A spec is (kind, [type names])."""
    if node.get("elementType"):
        return "SPEC_NAMED", [node.get("elementType")]
    inner = node.find(NS + "elementTypeSpecifier")
    return parse_specifier(inner)


def parse_specifier(node):
    kind = node.get(XSI_TYPE)
    if kind == "NamedTypeSpecifier":
        return "SPEC_NAMED", [f'{node.get("namespace")}.{node.get("name")}']
    if kind == "ChoiceTypeSpecifier":
        return "SPEC_CHOICE", [f'{c.get("namespace")}.{c.get("name")}' for c in node.findall(NS + "choice")]
    assert kind == "ListTypeSpecifier", kind
    if node.get("elementType"):
        return "SPEC_LIST", [node.get("elementType")]
    inner_kind, names = parse_specifier(node.find(NS + "elementTypeSpecifier"))
    return {"SPEC_NAMED": "SPEC_LIST", "SPEC_CHOICE": "SPEC_LIST_OF_CHOICE"}[inner_kind], names


def read_types(root):
    types = {}
    for name, base, elements in SYSTEM:
        specs = []
        for element, kind in elements:
            if kind.startswith("List<"):
                specs.append((element, ("SPEC_LIST", ["System." + kind[5:-1]])))
            else:
                specs.append((element, ("SPEC_NAMED", ["System." + kind])))
        types["System." + name] = Type(name, "System." + base if base else None, specs, system=True)
    infos = {info.get("name"): info for info in root.iter(NS + "typeInfo")}
    for name in sorted(infos):
        info = infos[name]
        t = Type(name, info.get("baseType"), [(e.get("name"), parse_spec(e)) for e in info.findall(NS + "element")])
        t.retrievable = info.get("retrievable") == "true"
        t.code_path = info.get("primaryCodePath") or ""
        t.patient_keys = [c.get("relatedKeyElement") for c in info.findall(NS + "contextRelationship")
                          if c.get("context") == "Patient"]
        types["FHIR." + name] = t
    return types


def all_elements(types, full):
    t = types[full]
    own = {name for name, _ in t.own}
    inherited = [row for row in (all_elements(types, t.base) if t.base else []) if row[1] not in own]
    return inherited + [(full, name, spec) for name, spec in t.own]


def nested_path(types, full, key, depth=0):
    """The path to an element `key` that holds a Reference, in the type or its backbone elements."""
    rows = all_elements(types, full)
    for _, name, (_, names) in rows:
        if name == key and "FHIR.Reference" in names:
            return key
    if depth < 3:
        for owner, name, (_, names) in rows:
            if owner == full and names[0].startswith("FHIR.") and "." in names[0][5:]:
                inner = nested_path(types, names[0], key, depth + 1)
                if inner:
                    return name + "." + inner
    return None


def patient_paths(types, full):
    t = types[full]
    if t.name in PATIENT_PATHS:
        return PATIENT_PATHS[t.name]
    paths = []
    for key in t.patient_keys:
        path = nested_path(types, full, key)
        if key == "patient" and (not path or "." in path):
            path = nested_path(types, full, "subject")
        assert path, (full, key)
        if path not in paths:
            paths.append(path)
    return sorted(paths, key=lambda p: (p not in ("subject", "patient"), paths.index(p)))


def fnv(text):
    h = 2166136261
    for byte in text.encode():
        h = ((h ^ byte) * 16777619) & 0xFFFFFFFF
    return h


def c_str(text):
    return f'{{"{text}", {len(text)}}}'


def rows_of(numbers, out, width=24):
    for i in range(0, len(numbers), width):
        out.append("    " + ", ".join(str(n) for n in numbers[i:i + width]) + ",")


def hash_table(names):
    size = 1
    while size < 2 * len(names):
        size *= 2
    slots = [0] * size
    for number, name in names:
        slot = fnv(name) & (size - 1)
        while slots[slot]:
            slot = (slot + 1) & (size - 1)
        slots[slot] = number
    return slots


class Writer:
    def __init__(self, types, root):
        self.types, self.root = types, root
        self.ids = {full: i + 1 for i, full in enumerate(types)}
        self.elements, self.choices, self.choice_at = [], [], {}
        self.element_id = {}
        for full, t in types.items():
            for name, spec in t.own:
                self.element_id[full, name] = len(self.elements)
                self.elements.append((name, spec))

    def spec(self, kind, names):
        numbers = [self.ids[n] for n in names]
        if "CHOICE" not in kind:
            return f"{kind}, 0, {numbers[0]}, NULL"
        key = tuple(numbers)
        if key not in self.choice_at:
            self.choice_at[key] = len(self.choices)
            self.choices += numbers
        return f"{kind}, {len(numbers)}, 0, choice_types + {self.choice_at[key]}"

    def type_row(self, full, lists):
        t = self.types[full]
        rows = all_elements(self.types, full)
        numbers = [self.element_id[owner, name] for owner, name, _ in rows]
        value = next((names[0] for _, name, (_, names) in rows if name == "value" and not t.system), "")
        primitive = value.startswith("System.")
        chain = [full]
        while self.types[chain[-1]].base:
            chain.append(self.types[chain[-1]].base)
        code = next((str(self.element_id[o, n]) for o, n, _ in rows if n == t.code_path), "MODEL_NO_ELEMENT")
        flags = [t.system, t.name in ABSTRACT and not t.system, t.retrievable,
                 "FHIR.Resource" in chain, primitive]
        words = ", ".join("true" if f else "false" for f in flags)
        base = self.ids[t.base] if t.base else 0
        first = len(lists)
        lists += numbers
        return (f'    {{{c_str(t.name)}, {words}, {base}, {self.ids[value] if primitive else 0}, '
                f"{code}, {len(numbers)}, type_elements + {first}}},")

    def write(self):
        out = ["/* Made by tools/make_model.py from models/fhir-modelinfo-4.0.1.xml; do not edit. */",
               "/* clang-format off */", ""]
        lists = []
        type_rows = [self.type_row(full, lists) for full in self.types]
        element_rows = [f"    {{{c_str(name)}, {{{self.spec(*spec)}}}}}," for name, spec in self.elements]
        out.append("static const uint16_t choice_types[] = {")
        rows_of(self.choices, out)
        out += ["};", "", "static const struct model_element elements[] = {", *element_rows, "};", ""]
        out.append("static const uint16_t type_elements[] = {")
        rows_of(lists, out)
        out += ["};", "", "/* Number 0 is MODEL_NONE. */", "static const struct model_type types[] = {",
                "    {.primary_code_element = MODEL_NO_ELEMENT},", *type_rows, "};", ""]
        for space in ("FHIR", "System"):
            slots = hash_table([(self.ids[f], t.name) for f, t in self.types.items()
                                if t.system == (space == "System")])
            out.append(f"/* Open addressing by 32-bit FNV-1a of the name, {len(slots)} slots; 0: free. */")
            out.append(f"static const uint16_t {space.lower()}_slots[{len(slots)}] = {{")
            rows_of(slots, out)
            out += ["};", ""]
        self.write_conversions(out)
        self.write_patient_paths(out)
        return "\n".join(out)

    def write_conversions(self, out):
        out.append("static const struct conversion conversions[] = {")
        rows = []
        for info in self.root.iter(NS + "conversionInfo"):
            to, kind = info.get("toType"), "SPEC_NAMED"
            if to.startswith("Interval<"):
                to, kind = to[9:-1], "SPEC_INTERVAL"
            name = info.get("functionName").removeprefix("FHIRHelpers.")
            rows.append((self.ids[info.get("fromType")], f"{c_str(name)}, {{{kind}, 0, {self.ids[to]}, NULL}}"))
        out += [f"    {{{number}, {rest}}}," for number, rest in sorted(rows)]
        out += ["};", ""]

    def write_patient_paths(self, out):
        paths, rows = [], []
        for full in self.types:
            mine = patient_paths(self.types, full) if full.startswith("FHIR.") else []
            if mine:
                rows.append(f"    {{{self.ids[full]}, {len(mine)}, patient_path_texts + {len(paths)}}},")
                paths += mine
        out.append("static const struct str patient_path_texts[] = {")
        out += [f"    {c_str(p)}," for p in paths]
        out += ["};", "", "static const struct patient_path patient_paths[] = {", *rows, "};", ""]


def main():
    root = ElementTree.parse(ROOT / "models/fhir-modelinfo-4.0.1.xml").getroot()
    text = Writer(read_types(root), root).write()
    table = ROOT / "src/model/fhir401.inc"
    if "--check" in sys.argv:
        return 0 if table.read_text() == text else "src/model/fhir401.inc is not what this program writes"
    table.write_text(text)
    return 0


sys.exit(main())
