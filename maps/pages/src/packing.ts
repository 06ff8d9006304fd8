/** Numbers out of texts: the other half of maps/packing.py. */
import { at } from "./lists";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** Five bits a letter; a sixth bit says that more letters of the number follow. */
const MORE = 32;

const DIGITS = new Float64Array(128);
for (let digit = 0; digit < LETTERS.length; digit += 1) DIGITS[LETTERS.charCodeAt(digit)] = digit;

const digitOf = (text: string, place: number): number => at(DIGITS, text.charCodeAt(place));

/** Whole numbers from 0 on. */
export function unpack(text: string): Float64Array {
  let count = 0;
  for (let place = 0; place < text.length; place += 1) if (digitOf(text, place) < MORE) count += 1;
  const numbers = new Float64Array(count);
  let number = 0;
  let unit = 1;
  count = 0;
  for (let place = 0; place < text.length; place += 1) {
    const digit = digitOf(text, place);
    // No shift of bits: 2**32 and above must stay whole.
    if (digit < MORE) {
      numbers[count] = number + digit * unit;
      count += 1;
      number = 0;
      unit = 1;
    } else {
      number += (digit - MORE) * unit;
      unit *= MORE;
    }
  }
  return numbers;
}

/** Whole numbers of either sign: 0, 1, 2, 3 … stand for 0, -1, 1, -2 … */
export function unpackSigned(text: string): Float64Array {
  const numbers = unpack(text);
  for (let place = 0; place < numbers.length; place += 1) {
    const number = at(numbers, place);
    numbers[place] = number % 2 === 1 ? -(number + 1) / 2 : number / 2;
  }
  return numbers;
}

/** Where each group begins in one list of all: [2, 3] becomes [0, 2, 5]. */
export function starts(sizes: Float64Array): Float64Array {
  const places = new Float64Array(sizes.length + 1);
  let place = 0;
  sizes.forEach((size, group) => {
    place += size;
    places[group + 1] = place;
  });
  return places;
}
