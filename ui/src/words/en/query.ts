// The query language: what of a query means nothing. What a listener types in it stands as it is.
export const query = {
  title: "This search cannot be read",
  unknownField: "There is no field “{{name}}”. Did you mean “{{meant}}”?",
  notANumber: "“{{text}}” is not a number for “{{field}}”. Write 1957, >=1957, 1957..1965 or none.",
  notADate: "“{{text}}” is not a time for “{{field}}”. Write 2025-03, >=2025, 2024..2025, <30d or never.",
  notAKey: "“{{text}}” is not a musical key. Write Am, F# or 8A.",
  unknownFlag: "“{{field}}:” does not know “{{text}}”. It knows {{known}}.",
  emptyRange: "“{{text}}” ends before it begins.",
  unopened: "This bracket was not opened.",
  tooMuch: "This is more than a search can hold.",
};
