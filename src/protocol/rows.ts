/** Rows as they cross to the panel; core makes them, so core owns the shapes. */
export type * from '../core/view/rows.ts';
