// Keeps the year in the footer current.
for (const year of document.querySelectorAll("[data-year]")) {
  year.textContent = new Date().getFullYear();
}

// Marks the link of the section that is being read.
const links = new Map(
  [...document.querySelectorAll(".bar nav a")].map((link) => [link.hash.slice(1), link]),
);
const watcher = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      const link = links.get(entry.target.id);
      if (!link) continue;
      if (entry.isIntersecting) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  },
  { rootMargin: "-40% 0px -55% 0px" },
);
for (const section of document.querySelectorAll("main section[id]")) watcher.observe(section);
