import { createRoot } from "react-dom/client";
import { App } from "./App";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/chat.css";
import "./styles/blocks.css";
import "./styles/forms.css";
import "./styles/drawer.css";

const root = document.getElementById("page");
if (root) createRoot(root).render(<App />);
