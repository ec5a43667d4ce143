namespace MMOrleans.Configuration.Keys;

/// <summary>Keys of <c>train</c>: how long, and in which batches.</summary>
internal static class TrainKeys
{
    public static IReadOnlyList<Key> All { get; } =
    [
        Key.Specification(
            "train.epochs",
            s => s.Epochs,
            "passes over the training images",
            builtIn: "200"
        ) with
        {
            Flag = "--epochs",
        },
        Key.Specification(
            "train.batch_size",
            s => s.BatchSize,
            "global; split over slots, never changed by the number of trainers",
            builtIn: "128"
        ) with
        {
            Flag = "--batch-size",
        },
        Key.Specification(
            "train.drop_last",
            s => s.DropLast,
            "leave out an epoch's last images where they fill no batch; true for methods published so"
        ),
        Key.Setting(
            "train.max_time",
            s => s.MaxTime,
            "checkpoint and stop after this long",
            example: "2h"
        ) with
        {
            Flag = "--max-time",
        },
    ];
}
