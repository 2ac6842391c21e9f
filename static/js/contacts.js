// The list of contacts: choosing rows, searching while typing. Without it the page's forms and links do the same.
import { watchSelection } from "./selection.js";
import { watchLiveSearch } from "./live_search.js";
import { watchRowMenu } from "./row_menu.js";

watchSelection(document.getElementById("results"));
watchRowMenu();
watchLiveSearch(document.getElementById("live-search-text"));
