// What of a query means nothing, in words.
import type { QueryFaultKind } from "../ipc/types";
import { t } from ".";
import { list } from "./numbers";

export function queryFault(fault: QueryFaultKind): string {
  switch (fault.is) {
    case "unknown-field":
      return t("query.unknownField", fault);
    case "not-a-number":
      return t("query.notANumber", fault);
    case "not-a-date":
      return t("query.notADate", fault);
    case "not-a-key":
      return t("query.notAKey", fault);
    case "unknown-flag":
      return t("query.unknownFlag", { ...fault, known: list(fault.known) });
    case "empty-range":
      return t("query.emptyRange", fault);
    case "unopened":
      return t("query.unopened");
    case "too-much":
      return t("query.tooMuch");
  }
}
