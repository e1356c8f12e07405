/** A table or view, as the comments of an .sql file describe it. */
export interface DescribedObject {
  readonly kind: string;
  readonly name: string;
  readonly description: string;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly description: string }[];
}

export function parseSchema(sql: string): DescribedObject[];
export function schemaDocs(): string;
