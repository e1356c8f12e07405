import ts from "typescript";

const { FirstAssignment, LastAssignment, PlusPlusToken, MinusMinusToken } = ts.SyntaxKind;

/**
 * Declares again with `const` what esbuild declares with `var` at the top of a bundle. V8 compiles constants, such as the
 * place of a field in a record, into the code that uses them; variables are read and checked each time.
 */
export function keepConstants(code) {
  const file = ts.createSourceFile("bundle.js", code, ts.ScriptTarget.Latest);
  const assigned = new Set();
  noteAssigned(file, assigned);
  let kept = "";
  let end = 0;
  for (const statement of file.statements) {
    if (!ts.isVariableStatement(statement) || !isConstant(statement.declarationList, assigned)) continue;
    const start = statement.getStart(file);
    kept += `${code.slice(end, start)}const`;
    end = start + "var".length;
  }
  return kept + code.slice(end);
}

function isConstant({ declarations, flags }, assigned) {
  if (flags & ts.NodeFlags.BlockScoped) return false;
  return declarations.every(
    ({ name, initializer }) => initializer !== undefined && ts.isIdentifier(name) && !assigned.has(name.text),
  );
}

/** Adds every name that is assigned to anywhere below `node`, whatever it stands for there. */
function noteAssigned(node, assigned) {
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    if (kind >= FirstAssignment && kind <= LastAssignment) noteTarget(node.left, assigned);
  } else if (node.operator === PlusPlusToken || node.operator === MinusMinusToken) {
    noteTarget(node.operand, assigned);
  } else if (ts.isForOfStatement(node) || ts.isForInStatement(node)) {
    noteTarget(node.initializer, assigned);
  }
  ts.forEachChild(node, (child) => noteAssigned(child, assigned));
}

/** Adds the name, or those in the pattern; a property of what a name stands for is another matter. */
function noteTarget(target, assigned) {
  if (ts.isIdentifier(target)) assigned.add(target.text);
  else if (!ts.isPropertyAccessExpression(target) && !ts.isElementAccessExpression(target))
    ts.forEachChild(target, (child) => noteTarget(child, assigned));
}
