/** The demo business's customers. Names and addresses are invented; example.com receives no mail. */
export interface DemoPerson {
  name: string
  currency: 'usd' | 'eur' | 'gbp' | 'jpy'
  city: string
  country: string
  /** As in `pm_card_…`. */
  card: string
}

function people(currency: DemoPerson['currency'], rows: readonly string[]): DemoPerson[] {
  return rows.map((row) => {
    const [name = '', city = '', country = '', card = ''] = row.split(' · ')
    return { name, currency, city, country, card }
  })
}

const american = people('usd', [
  'Jane Doe · Portland · US · visa',
  'Marcus Bennett · Austin · US · mastercard',
  'Priya Raman · San Jose · US · amex',
  'Tom Kowalski · Chicago · US · visa_debit',
  'Elena Vasquez · Miami · US · visa',
  'Darnell Hughes · Atlanta · US · discover',
  'Grace Liu · Seattle · US · visa',
  "Sean O'Malley · Boston · US · mastercard_debit",
  'Amara Okafor · Houston · US · visa',
  'Rachel Stein · New York · US · amex',
  'Miguel Torres · Phoenix · US · chargeCustomerFail',
  'Hannah Fischer · Denver · US · mastercard',
  'Owen Blake · Nashville · US · visa',
  'Sofia Marino · Philadelphia · US · visa_debit',
])
const european = people('eur', [
  'Lukas Brandt · Berlin · DE · de',
  'Camille Laurent · Lyon · FR · fr',
  'Giulia Conti · Milano · IT · visa',
  'Pablo Herrera · Madrid · ES · mastercard',
  'Anneke de Vries · Utrecht · NL · visa',
  'Johanna Keller · Wien · AT · visa',
  'Tiago Almeida · Porto · PT · mastercard',
])
const british = people('gbp', [
  'Oliver Whitcombe · Bristol · GB · gb',
  'Fiona MacLeod · Edinburgh · GB · visa',
  'Aisha Rahman · Leeds · GB · mastercard',
  'Harry Pemberton · London · GB · amex',
])
const japanese = people('jpy', [
  'Haruka Sato · Tokyo · JP · jp',
  'Kenji Watanabe · Osaka · JP · jcb',
  'Yui Nakamura · Kyoto · JP · jp',
])
const other = people('usd', ['Noah Tremblay · Montréal · CA · ca', 'Beatriz Souza · São Paulo · BR · br'])

/** 30 people, the currencies mixed. */
export const demoPeople: readonly DemoPerson[] = interleave([american, european, british, japanese, other])

function interleave(groups: readonly DemoPerson[][]): DemoPerson[] {
  const rounds = Math.max(...groups.map((group) => group.length))
  return Array.from({ length: rounds }, (_, round) => groups.flatMap((group) => group[round] ?? [])).flat()
}

/** `jane.doe@example.com` */
export function emailOf(person: DemoPerson): string {
  const plain = person.name
    .normalize('NFD')
    .replaceAll(/[^A-Za-z ]/g, '')
    .toLowerCase()
  return `${plain.split(' ').join('.')}@example.com`
}
