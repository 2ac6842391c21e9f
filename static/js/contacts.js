// The list of contacts: choosing rows, searching while typing. Without it the page's forms and links do the same.
import { watchSelection } from "./selection.js";
import { watchLiveSearch } from "./live_search.js";

watchSelection(document.getElementById("results"));
watchLiveSearch(document.getElementById("live-search-text"));
