#!/usr/bin/env python3
"""What `quell plan --elm` writes is JSON without a key twice, and each node has the members that ELM's
schema (CQL 1.5, urn:hl7-org:elm r1) gives its type: all it needs and no other. Every name that a node
refers to is declared, in the library or in one that it includes.

usage: elm_test.py QUELL TRIAL_FOLDER... FILE.cql...
"""
import json
import subprocess
import sys

UNARY = """Abs CalculateAge Ceiling ConvertsToBoolean ConvertsToDate ConvertsToDateTime ConvertsToDecimal
ConvertsToInteger ConvertsToLong ConvertsToQuantity ConvertsToRatio ConvertsToString ConvertsToTime DateFrom
DateTimeComponentFrom Distinct End Exists Exp ExpandValueSet Flatten Floor IsFalse IsNull IsTrue Length Ln
Lower Negate Not PointFrom Precision Predecessor SingletonFrom Size Start Successor TimeFrom
TimezoneOffsetFrom ToBoolean ToChars ToConcept ToDate ToDateTime ToDecimal ToInteger ToList ToLong ToQuantity
ToRatio ToString ToTime Truncate Upper Width"""
BINARY = """Add After And Before CalculateAgeAt CanConvertQuantity Collapse Contains ConvertQuantity
DifferenceBetween Divide DurationBetween Ends EndsWith Equal Equivalent Except Expand Greater GreaterOrEqual
HighBoundary Implies In IncludedIn Includes Indexer Intersect Less LessOrEqual Log LowBoundary Matches Meets
MeetsAfter MeetsBefore Modulo Multiply Or Overlaps OverlapsAfter OverlapsBefore Power ProperContains ProperIn
ProperIncludedIn ProperIncludes SameAs SameOrAfter SameOrBefore Starts StartsWith Subtract TruncatedDivide
Union Xor"""
SOURCE = """AllTrue AnyTrue Avg Count First GeometricMean Last Max Median Min Mode PopulationStdDev
PopulationVariance Product StdDev Sum Variance"""
# name: the members it must have, a bar, those it may have
NODES = {
    "AliasRef": "name|", "As": "operand|asType asTypeSpecifier strict", "ByColumn": "path direction|",
    "AnyInCodeSystem": "codes|codesystem codesystemExpression",
    "AnyInValueSet": "codes|valueset valuesetExpression", "ByDirection": "direction|",
    "ByExpression": "direction expression|", "Case": "caseItem else|comparand", "Code": "code system|display",
    "CodeRef": "name|libraryName", "CodeSystemRef": "name|libraryName", "Concept": "code|display",
    "ConceptRef": "name|libraryName", "ChoiceTypeSpecifier": "choice|", "Coalesce": "operand|",
    "Combine": "source|separator", "Concatenate": "operand|", "Date": "year|month day",
    "CqlToElmInfo": "translatorVersion translatorOptions signatureLevel|",
    "DateTime": "year|month day hour minute second millisecond timezoneOffset", "ExpressionRef":
    "name|libraryName", "FunctionDef": "name context accessLevel operand|expression external fluent resultType "
    "resultTypeSpecifier", "FunctionRef": "name operand|libraryName", "IdentifierRef": "name|libraryName",
    "If": "condition then else|", "InCodeSystem": "code|codesystem codesystemExpression",
    "InValueSet": "code|valueset valuesetExpression", "Index": "|", "IndexOf": "source element|",
    "Instance": "classType element|", "Interval": "low high|lowClosed highClosed lowClosedExpression "
    "highClosedExpression", "IntervalTypeSpecifier": "pointType|", "Is": "operand|isType isTypeSpecifier",
    "Iteration": "|", "LastPositionOf": "pattern string|", "List": "element|typeSpecifier",
    "ListTypeSpecifier": "elementType|", "Literal": "valueType value|", "MaxValue": "valueType|",
    "Message": "source|condition code severity message", "MinValue": "valueType|", "NamedTypeSpecifier":
    "name|", "Now": "|", "Null": "|", "OperandRef": "name|", "ParameterRef": "name|libraryName",
    "PositionOf": "pattern string|", "Property": "path|scope source", "Quantity": "value|unit",
    "Query": "source|let relationship where return aggregate sort", "QueryLetRef": "name|",
    "Ratio": "numerator denominator|", "ReplaceMatches": "operand|", "Retrieve":
    "dataType|templateId codeProperty codeComparator codes context", "Round": "operand|precision",
    "Slice": "source startIndex endIndex|", "Split": "stringToSplit|separator",
    "SplitOnMatches": "stringToSplit separatorPattern|", "Substring": "stringToSub startIndex|length",
    "Time": "hour|minute second millisecond", "TimeOfDay": "|", "Today": "|", "Total": "|", "Tuple":
    "element|", "TupleTypeSpecifier": "element|", "ValueSetRef": "name|libraryName preserve",
    "With": "alias expression suchThat|", "Without": "alias expression suchThat|",
}
NODES.update({n: "operand|precision" for n in UNARY.split() + BINARY.split()})
NODES.update({n: "source|" for n in SOURCE.split()})
ALWAYS = {"type", "locator", "annotation", "resultTypeName", "resultTypeSpecifier", "signature"}
GROUP_OF = {"ExpressionRef": "statements", "FunctionRef": "statements", "ParameterRef": "parameters",
            "ValueSetRef": "valueSets", "CodeSystemRef": "codeSystems", "CodeRef": "codes",
            "ConceptRef": "concepts"}


def unique(pairs):
    keys = [k for k, _ in pairs]
    if len(keys) != len(set(keys)):
        raise ValueError(f"a key is there twice: {keys}")
    return dict(pairs)


def names(library, group):
    return {d["name"] for d in library.get(group, {}).get("def", [])}


class Checker:
    def __init__(self, libraries):
        self.libraries = {x["library"]["identifier"].get("id"): x["library"] for x in libraries}
        self.problems = []
        self.nodes = 0

    def reference(self, node, library, where):
        group = GROUP_OF.get(node["type"])
        if not group:
            return
        target = library
        if "libraryName" in node:
            path = {i["localIdentifier"]: i["path"] for i in library.get("includes", {}).get("def", [])}
            if node["libraryName"] not in path:
                self.problems.append(f"{where}: nothing is included as {node['libraryName']}")
                return
            target = self.libraries.get(path[node["libraryName"]])
        if target and node["name"] not in names(target, group):
            self.problems.append(f"{where}: no {group} {node['name']}")

    def node(self, node, library, where):
        self.nodes += 1
        kind = node["type"]
        if kind not in NODES:
            self.problems.append(f"{where}: ELM has no {kind}")
            return
        must, may = (set(x.split()) for x in NODES[kind].split("|"))
        have = set(node) - ALWAYS
        if kind == "FunctionDef":
            may |= {"resultTypeSpecifier"}
        if must - have or have - must - may:
            self.problems.append(f"{where}: {kind} lacks {must - have or 'nothing'}, has {have - must - may}")
        if kind in BINARY.split() and len(node.get("operand", [])) != 2:
            self.problems.append(f"{where}: {kind} takes two operands")
        if kind in UNARY.split() and not isinstance(node.get("operand"), dict):
            self.problems.append(f"{where}: {kind} takes one operand")
        self.reference(node, library, where)

    def walk(self, value, library, where):
        if isinstance(value, dict):
            if "type" in value:
                self.node(value, library, where)
            for item in value.values():
                self.walk(item, library, where)
        elif isinstance(value, list):
            for item in value:
                self.walk(item, library, where)

    def run(self):
        for name, library in self.libraries.items():
            for group, value in library.items():
                for item in value.get("def", []) if isinstance(value, dict) else []:
                    self.walk(item, library, f"{name} \"{item.get('name', group)}\"")


def main():
    quell, failed = sys.argv[1], 0
    for path in sys.argv[2:]:
        for flags in ([], ["--result-types", "--signatures", "all"]):
            run = subprocess.run([quell, "plan", "--elm", *flags, path], stdout=subprocess.PIPE, check=True,
                                 stderr=subprocess.DEVNULL)
            data = json.loads(run.stdout, object_pairs_hook=unique)
            checker = Checker(data if isinstance(data, list) else [data])
            checker.run()
            failed += bool(checker.problems) or checker.nodes < 5
            print(f"{path} {' '.join(flags)}: {checker.nodes} nodes, {len(checker.problems)} problems")
            print("".join(f"  {p}\n" for p in checker.problems[:10]), end="")
    print(f"{2 * len(sys.argv[2:]) - failed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
