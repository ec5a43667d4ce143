namespace MMOrleans.Configuration.Sources;

/// <summary>The flags of the published code, for people who come from it.</summary>
internal static class FamiliarNames
{
    /// <summary>What a name of published code is called here.</summary>
    /// <param name="Key">Our key.</param>
    /// <param name="Fix">How to write it, translated.</param>
    internal sealed record Familiar(string Key, string Fix);

    private static readonly Dictionary<string, Familiar> Names = new()
    {
        ["imb_type"] = new("imbalance.kind", "write imbalance.kind exp or step (--imbalance exp)"),
        ["imb_factor"] = new(
            "imbalance.ratio",
            "write imbalance.ratio, which is 1 / imb_factor: for 0.01 write --ratio 100"
        ),
        ["rand_number"] = new("imbalance.seed", "write imbalance.seed (--set imbalance.seed=0)"),
        ["loss_type"] = new(
            "method.loss",
            "write method.loss: CE is ce, Focal is focal, LDAM is ldam, HMM is mm, HMM-LDAM is mm-ldam (--set method.loss=mm)"
        ),
        ["train_rule"] = new(
            "method.reweight",
            "write method.reweight: None is none, Reweight is balanced, DRW is deferred (--set method.reweight=deferred); Resample is method.sampler balanced"
        ),
        ["max_m"] = new(
            "method.delta_minus or method.max_margin",
            "write method.delta_minus for HMM, method.max_margin for LDAM (--set method.delta_minus=0.6)"
        ),
        ["gamma"] = new("method.delta_ratio", "write method.delta_ratio (--set method.delta_ratio=1.5)"),
        ["exp_str"] = new("name", "write name (--name)"),
        ["arch"] = new("model.arch", "write model.arch (--model resnet32)"),
        ["wd"] = new(
            "optimiser.weight_decay",
            "write optimiser.weight_decay (--set optimiser.weight_decay=2e-4)"
        ),
        ["weight_decay"] = new(
            "optimiser.weight_decay",
            "write optimiser.weight_decay (--set optimiser.weight_decay=2e-4)"
        ),
        ["momentum"] = new("optimiser.momentum", "write optimiser.momentum (--set optimiser.momentum=0.9)"),
        ["scale"] = new("method.scale", "write method.scale (--set method.scale=30)"),
        ["workers"] = new(
            "threads that decode images",
            "leave it out: a trainer decodes with as many threads as help it"
        ),
        ["gpu"] = new("distribution.device", "write distribution.device (--device cuda)"),
        ["root_log"] = new("output.path", "write output.path (--output DIR)"),
    };

    /// <summary>Null for a name that published code does not use.</summary>
    public static Familiar? Translate(string name) => Names.GetValueOrDefault(name.Replace('-', '_'));
}
