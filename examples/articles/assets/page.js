// What a page can do without and is nicer with. Whatever happens here, the server checks.
"use strict";

// ---- Somebody else has saved the article that is shown ----

const changed = document.getElementById("changed");

if (changed) {
    const { article, tag } = changed.dataset;
    const say = (text) => {
        changed.textContent = text;
        changed.hidden = false;
    };
    const editing = document.querySelector("form.editor") !== null;
    const look = async () => {
        // A page that nobody looks at asks nobody.
        if (document.hidden) return;
        try {
            const answer = await fetch(article, { method: "HEAD", headers: { "If-None-Match": tag } });
            if (answer.status === 404) {
                say(editing ? "Somebody has deleted this article. You can save your text as a new one." : "Somebody has deleted this article.");
                clearInterval(timer);
            } else if (answer.status === 200) {
                say(editing
                    ? "Somebody else has saved this article in the meantime. Save all the same: you will not overwrite it."
                    : "Somebody else has saved this article in the meantime. Reload to see it.");
                clearInterval(timer);
            }
        } catch {
            // The service cannot be reached; the next look may be luckier.
        }
    };
    const timer = setInterval(look, 5000);
    document.addEventListener("visibilitychange", look);
}

// ---- A text that is not saved yet ----

for (const form of document.querySelectorAll("form.editor, form.conflict")) {
    let unsaved = form.classList.contains("conflict");
    form.addEventListener("input", () => { unsaved = true; });
    form.addEventListener("submit", () => { unsaved = false; });
    addEventListener("beforeunload", (event) => {
        if (unsaved) event.preventDefault();
    });
    form.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
}

// ---- Who writes a text of their own has chosen it ----

for (const field of document.querySelectorAll("fieldset[data-choice]")) {
    const own = field.querySelector("input[value=own]");
    const text = field.querySelector(`[name="${field.dataset.choice}"]`);
    text.addEventListener("input", () => { own.checked = true; });
}

// ---- Nothing is deleted by a slip ----

for (const form of document.querySelectorAll("form.deletion")) {
    form.addEventListener("submit", (event) => {
        if (!confirm("Delete this article?")) event.preventDefault();
    });
}
