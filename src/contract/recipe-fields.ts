import type { z } from 'zod';
import type { ParameterDeclaration, RecipeField } from './parameters/declaration.ts';
import { PARAMETER_TABLE, type ParameterName, type ParameterRow } from './parameters.ts';

/** The recipe fields that are set by parameters, group by group. '' is the recipe itself. */

type RecipeRow = Extract<ParameterRow, { readonly recipe: { readonly field: string } }>;

type NameIn<Group extends string, Field extends string> = Group extends ''
  ? WithoutDot<Field>
  : Field extends `${Group}.${infer Name}`
    ? WithoutDot<Name>
    : never;
type WithoutDot<Name extends string> = Name extends `${string}.${string}` ? never : Name;

type SchemaOf<Schema extends z.ZodType, WhenNotGiven> = WhenNotGiven extends 'null'
  ? z.ZodNullable<Schema>
  : WhenNotGiven extends 'absent'
    ? z.ZodOptional<Schema>
    : Schema;

type FieldsOf<Group extends string> = {
  [R in RecipeRow as NameIn<Group, R['recipe']['field']>]: SchemaOf<
    R['recipe']['schema'],
    R['recipe']['whenNotGiven']
  >;
};

export interface GroupField {
  /** Name in its group. */
  readonly name: string;
  readonly parameter: ParameterDeclaration & { readonly name: ParameterName };
  readonly recipe: RecipeField;
}

/** The fields of a recipe group that are set by parameters, in the order of the table. */
export function fieldsIn(group: string): GroupField[] {
  const prefix = group === '' ? '' : `${group}.`;
  return PARAMETER_TABLE.flatMap((parameter) => {
    const { recipe } = parameter;
    if (!recipe?.field.startsWith(prefix)) return [];
    const name = recipe.field.slice(prefix.length);
    return name.includes('.') ? [] : [{ name, parameter, recipe }];
  });
}

/** Shape of a zod object with the fields of a recipe group that are set by parameters. */
export function shapeOf<Group extends string>(group: Group): FieldsOf<Group> {
  const entries = fieldsIn(group).map(({ name, recipe: { schema, whenNotGiven } }) => {
    if (whenNotGiven === 'null') return [name, schema.nullable()];
    return [name, whenNotGiven === 'absent' ? schema.optional() : schema];
  });
  return Object.fromEntries(entries);
}
