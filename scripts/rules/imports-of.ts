import { type ESTree, Visitor } from 'vite';
import { lineAt, parseFile, type SourceFile } from './source-file.ts';

export interface Import {
  readonly name: string;
  readonly line: number;
  /** Types leave no trace in the program that runs. */
  readonly typeOnly: boolean;
}

/** Every module a file names: imports, re-exports, `import()` with a literal, and `import('…')` types. */
export function importsOf(file: SourceFile): Import[] {
  const { program, text } = parseFile(file);
  const found: Import[] = [];
  const add = (source: ESTree.Expression | ESTree.StringLiteral, typeOnly: boolean): void => {
    if (source.type !== 'Literal' || typeof source.value !== 'string') return;
    found.push({ name: source.value, line: lineAt(text, source.start), typeOnly });
  };
  new Visitor({
    ImportDeclaration: (node) => {
      const named = node.specifiers;
      const allTypes =
        named.length > 0 && named.every((one) => one.type === 'ImportSpecifier' && one.importKind === 'type');
      add(node.source, node.importKind === 'type' || allTypes);
    },
    ExportAllDeclaration: (node) => add(node.source, node.exportKind === 'type'),
    ExportNamedDeclaration: (node) => {
      if (node.source !== null) add(node.source, node.exportKind === 'type');
    },
    ImportExpression: (node) => add(node.source, false),
    TSImportType: (node) => add(node.source, true),
  }).visit(program);
  return found;
}
