// Enhancements. Every page works without them; each module stands alone.
import "./shell.js";
import "./times.js";
import "./toasts.js";
import "./dialogs.js";
import "./queue.js";
import "./drafts.js";
import "./live.js";
import "./keyboard.js";
import "./palette.js";
import "./forms.js";
import "./push.js";
import "./charts.js";
