/** The recipes: each file in recipes/ exports one as `recipe`, and its name is the name of the capture. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Recipe } from './recipe.ts';

const folder = join(import.meta.dirname, 'recipes');

export const fixtures = join(import.meta.dirname, '../../fixtures/faults');

export async function allRecipes(): Promise<ReadonlyMap<string, Recipe>> {
  const recipes = new Map<string, Recipe>();
  for (const file of readdirSync(folder).sort()) {
    const { recipe } = (await import(join(folder, file))) as { readonly recipe: Recipe };
    recipes.set(file.replace(/\.ts$/u, ''), recipe);
  }
  return recipes;
}
