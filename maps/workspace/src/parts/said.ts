/** `v-said`: what a field shows, until a hand types into it. */
import type { Directive } from "vue";

type Field = HTMLInputElement | HTMLTextAreaElement;
type Said = string | number | null | undefined;

const show = (field: Field, said: Said): void => {
  field.value = said === null || said === undefined ? "" : String(said);
};

/**
 * Fills a field when it appears and whenever its value changes, and at no other time: `:value` writes the old value
 * back at every rendering, over what is being typed and has not been taken over yet.
 */
export const vSaid: Directive<Field, Said> = {
  mounted: (field, { value }) => show(field, value),
  updated: (field, { value, oldValue }) => {
    if (value !== oldValue) show(field, value);
  },
};
